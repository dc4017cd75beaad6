import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("Refresh tokens rotate")
struct RotationTests {
    @Test(
        "Each exchange gives the next token, for as long as one likes, by either way and at either server",
        arguments: StoreKind.allCases)
    func chain(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            var token = try await stage.signedIn().refresh.text
            var seen: Set<String> = []
            for round in 0..<12 {
                stage.clock.now += 1_000
                #expect(seen.insert(token).inserted)
                let server = round % 2 == 0 ? stage.bank : stage.retirement
                if round % 3 == 0 {
                    token = try #require(try await server.renew(token).successor).text
                } else {
                    token = try await server.refresh(token).refresh.text
                }
            }
        }
    }

    @Test(
        "A token that comes again within the grace gives the very same next one, whichever server is asked",
        arguments: StoreKind.allCases)
    func sameSuccessor(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let old = try await stage.signedIn().refresh.text
            stage.clock.now += 500
            let first = try await stage.bank.refresh(old)
            for server in [stage.retirement, stage.bank] {
                stage.clock.now += 15
                #expect(try await server.refresh(old).refresh.text == first.refresh.text)
                #expect(try await server.renew(old).successor?.text == first.refresh.text)
            }
            // The access tokens are new ones, of the server that was asked.
            let again = try await stage.retirement.refresh(old)
            #expect(try stage.access(again).issuer == "retirement")
            #expect(try stage.access(again).tokenID != stage.access(first).tokenID)
            #expect(try stage.refresh(again).issuer == "bank")
        }
    }

    @Test(
        "The predecessor is good to the last second of the grace, and ends the session a second later",
        arguments: StoreKind.allCases)
    func grace(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let old = try await stage.signedIn().refresh.text
            stage.clock.now += 500
            let next = try await stage.bank.refresh(old).refresh.text
            stage.clock.now += 30
            await #expect(throws: Never.self) { try await stage.retirement.refresh(old) }
            stage.clock.now += 1
            await #expect(throws: IdentityError.reused) { try await stage.retirement.refresh(old) }
            await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(next) }
            await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(old) }
        }
    }

    @Test("Without a grace, every second use ends the session", arguments: StoreKind.allCases)
    func noGrace(kind: StoreKind) async throws {
        try await withSignOn(kind: kind, rule: .rotation(grace: 0)) { stage in
            let old = try await stage.signedIn().refresh.text
            _ = try await stage.bank.refresh(old)
            stage.clock.now += 1
            await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(old) }
        }
    }

    @Test("One that is older than the predecessor ends the session at once, even within the grace", arguments: [0, 1])
    func older(renews: Int) async throws {
        try await withSignOn { stage in
            let first = try await stage.signedIn().refresh.text
            let second = try await stage.bank.refresh(first).refresh.text
            let third = try await stage.bank.refresh(second).refresh.text
            if renews == 1 {
                await #expect(throws: IdentityError.reused) { try await stage.retirement.renew(first) }
            } else {
                await #expect(throws: IdentityError.reused) { try await stage.retirement.refresh(first) }
            }
            for token in [first, second, third] {
                await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(token) }
            }
        }
    }

    @Test(
        "Reuse ends that session alone: the user's other devices and their count are as they were",
        arguments: StoreKind.allCases)
    func otherDevices(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn()
            let other = try await stage.bank.signIn(username: "anna", password: "correct horse")
            let second = try await stage.bank.refresh(first.refresh.text).refresh.text
            _ = try await stage.bank.refresh(second)
            await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(first.refresh.text) }
            await stage.expectGood(other)
            #expect(try await stage.store.users(liveSince: 0).map(\.user.count) == [0])
            let sessions = try await stage.store.sessions(of: UserID(rawValue: stage.access(first).subject))?.sessions
            #expect(sessions?.filter { $0.endedAt != nil }.map(\.endReason) == [.reuse])
        }
    }

    @Test("A thief and an owner cannot both go on, whoever is first", arguments: [true, false])
    func thief(isFirst: Bool) async throws {
        try await withSignOn { stage in
            let stolen = try await stage.signedIn().refresh.text
            var (thief, owner) = (stolen, stolen)
            stage.clock.now += 100
            if isFirst { thief = try await stage.bank.refresh(thief).refresh.text }
            stage.clock.now += 100
            if isFirst {
                await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(owner) }
                await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(thief) }
            } else {
                owner = try await stage.bank.refresh(owner).refresh.text
                stage.clock.now += 100
                await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(thief) }
                await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(owner) }
            }
        }
    }

    @Test("Of many that race with one token, all get the same next one", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let token = try await stage.signedIn().refresh.text
            let successors = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<40 {
                    let server = number % 2 == 0 ? stage.bank : stage.retirement
                    group.addTask { try await server.refresh(token).refresh.text }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(successors.count == 1)
            let next = try #require(successors.first)
            await #expect(throws: Never.self) { try await stage.bank.refresh(next) }
        }
    }

    @Test(
        "The same next token comes from a server that signs with a newer key meanwhile, and is good",
        arguments: StoreKind.allCases)
    func newKey(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let old = try await stage.signedIn().refresh.text
            let next = try await stage.bank.refresh(old).refresh.text
            let keys = try ["second", "first"].map {
                try Key(id: $0, secret: [UInt8](repeating: $0 == "first" ? 1 : 2, count: 32))
            }
            for server in [stage.bank, stage.retirement] { server.authority.replaceKeys(try KeyRing(keys)) }
            let again = try await stage.retirement.refresh(old).refresh.text
            #expect(again != next)
            #expect(
                try stage.bank.authority.verify(again, as: RefreshClaims.self).claims
                    == stage.bank.authority.verify(next, as: RefreshClaims.self).claims)
            let third = try await stage.bank.refresh(again).refresh.text
            #expect(try await stage.bank.refresh(next).refresh.text == third)
        }
    }

    @Test(
        "After a change of password only the new refresh token is good, and it rotates on",
        arguments: StoreKind.allCases)
    func passwordChange(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let old = try await stage.signedIn()
            let new = try await stage.bank.changePassword(
                stage.access(old), current: "correct horse", new: "battery staple")
            await stage.expectRevoked(old)
            let next = try await stage.retirement.refresh(new.refresh.text)
            _ = try await stage.retirement.refresh(next.refresh.text)
            await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(new.refresh.text) }
        }
    }

    @Test("A token of an older count is revoked, and ends no session", arguments: StoreKind.allCases)
    func olderCount(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let user = UserID(rawValue: try stage.access(tokens).subject)
            _ = try await stage.store.advanceCount(of: user)
            await stage.expectRevoked(tokens)
            #expect(try await stage.store.sessions(of: user)?.sessions.map(\.endedAt) == [nil])
        }
    }

    @Test(
        "Where the count alone decides, a token is good as often as it comes, and its successors too",
        arguments: StoreKind.allCases)
    func countRule(kind: StoreKind) async throws {
        try await withSignOn(kind: kind, rule: .count) { stage in
            let first = try await stage.signedIn().refresh.text
            let second = try await stage.bank.refresh(first).refresh.text
            stage.clock.now += 1_000
            for token in [first, second, first] {
                await #expect(throws: Never.self) { try await stage.retirement.refresh(token) }
            }
        }
    }

    @Test(
        "After a while of the count alone, the newest token goes on to rotate, and is not taken for a thief's",
        arguments: StoreKind.allCases)
    func thereAndBack(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn().refresh.text
            let meanwhile = try await stage.signOn(rule: .count).refresh(first).refresh.text
            let next = try await stage.bank.refresh(meanwhile).refresh.text
            _ = try await stage.retirement.refresh(next)
            await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(meanwhile) }
        }
    }

    @Test(
        "A clock that was ahead when a token was exchanged does not hold its owner up, nor the grace open",
        arguments: StoreKind.allCases)
    func clockAhead(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let old = try await stage.signedIn().refresh.text
            stage.clock.now += 3_600
            _ = try await stage.bank.refresh(old)
            stage.clock.now -= 3_600
            let next = try await stage.retirement.refresh(old)
            #expect(try stage.refresh(next).issuedAt == stage.clock.now)
            stage.clock.now += 31
            await #expect(throws: IdentityError.reused) { try await stage.bank.refresh(old) }
        }
    }

    @Test(
        "A session from the time when the count alone decided takes the first token that comes",
        arguments: StoreKind.allCases)
    func adopts(kind: StoreKind) async throws {
        try await withSignOn(kind: kind, rule: .count) { stage in
            let first = try await stage.signedIn().refresh.text
            let second = try await stage.bank.refresh(first).refresh.text
            let server = try stage.signOn()
            _ = try await server.refresh(second)
            await #expect(throws: IdentityError.reused) { try await server.refresh(first) }
        }
    }
}
