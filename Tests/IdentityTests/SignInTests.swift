import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("Registering and signing in")
struct SignInTests {
    @Test(
        "Who registers begins with count 0, at the clock's time, and is not signed in by it",
        arguments: StoreKind.allCases)
    func register(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let user = try await stage.bank.register(username: "Anna", password: "correct horse")
            #expect(user.name.spelling == "Anna")
            #expect(user.count == 0)
            #expect(user.createdAt == SignOnStage.start)
            #expect(user.id.rawValue.utf8.count == 22)
            let known = try await stage.store.users(liveSince: 0)
            #expect(known.map(\.user) == [user])
            #expect(known.map(\.liveSessions) == [0])
        }
    }

    @Test("A name that is taken, in any case, is refused", arguments: ["anna", "ANNA"])
    func taken(name: String) async throws {
        try await withSignOn { stage in
            try await stage.bank.register(username: "Anna", password: "correct horse")
            await #expect(throws: IdentityError.usernameTaken) {
                try await stage.retirement.register(username: name, password: "another horse")
            }
            await #expect(throws: IdentityError.invalidCredentials) {
                try await stage.bank.signIn(username: "anna", password: "another horse")
            }
        }
    }

    @Test("A name or password that breaks its rule is refused, the name first", arguments: StoreKind.allCases)
    func invalid(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            await #expect(throws: IdentityError.invalidUsername) {
                try await stage.bank.register(username: "a b", password: "correct horse")
            }
            await #expect(throws: IdentityError.invalidUsername) {
                try await stage.bank.register(username: "", password: "")
            }
            for password in ["", "seven77", "annaanna", "ANNAANNA", String(repeating: "x", count: 257)] {
                await #expect(throws: IdentityError.invalidPassword) {
                    try await stage.bank.register(username: "annaanna", password: password)
                }
            }
            let users = try await stage.store.users(liveSince: 0)
            #expect(users.isEmpty)
        }
    }

    @Test(
        "Signing in gives two tokens of one new session, with all that the contract names",
        arguments: StoreKind.allCases)
    func signIn(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let user = try await stage.bank.register(username: "Anna", password: "correct horse")
            stage.clock.now += 50
            let tokens = try await stage.bank.signIn(username: "anna", password: "correct horse")
            #expect(tokens.access.life == 900)
            #expect(tokens.refresh.life == 604_800)
            let access = try stage.bank.authority.verify(tokens.access.text, as: AccessClaims.self).claims
            #expect(access.userName == "Anna")
            let issuedAt = SignOnStage.start + 50
            var expected = SessionClaims(
                issuer: "bank", audience: "sso", subject: user.id.rawValue, sessionID: access.session.sessionID,
                count: 0, issuedAt: issuedAt, expiresAt: issuedAt + 900, authenticatedAt: issuedAt,
                tokenID: access.session.tokenID)
            #expect(access.session == expected)
            let refresh = try stage.refresh(tokens)
            #expect(refresh.tokenID != access.session.tokenID)
            expected.tokenID = refresh.tokenID
            expected.expiresAt = issuedAt + 604_800
            #expect(refresh == expected)
            for id in [expected.sessionID, access.session.tokenID, refresh.tokenID] { #expect(id.utf8.count == 22) }
        }
    }

    @Test("Each sign-in is a session of its own, and ends none of the others", arguments: StoreKind.allCases)
    func sessions(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn()
            let second = try await stage.retirement.signIn(username: "anna", password: "correct horse")
            #expect(try stage.access(first).sessionID != stage.access(second).sessionID)
            #expect(try stage.access(second).issuer == "retirement")
            await stage.expectGood(first)
            await stage.expectGood(second)
            let live = try await stage.store.users(liveSince: 0).map(\.liveSessions)
            #expect(live == [2])
        }
    }

    @Test(
        "A wrong password, an unknown user and what never was a name are the same error",
        arguments: [
            ("anna", "wrong horse"), ("anna", ""), ("anna", "correct horse "), ("anna", "Correct horse"),
            ("anna", String(repeating: "x", count: 100_000)), ("bert", "correct horse"), ("", ""),
            ("an na", "correct horse"),
            ("anna\u{0}", "correct horse"), ("' OR 1=1 --", "x"),
            (String(repeating: "x", count: 1_000), "correct horse"),
        ])
    func invalidCredentials(name: String, password: String) async throws {
        try await withSignOn { stage in
            _ = try await stage.signedIn()
            await #expect(throws: IdentityError.invalidCredentials) {
                try await stage.bank.signIn(username: name, password: password)
            }
            let live = try await stage.store.users(liveSince: 0).map(\.liveSessions)
            #expect(live == [1])
        }
    }

    @Test(
        "An unknown user goes through the pool of hashes like a known one: without it, both are turned away",
        arguments: StoreKind.allCases)
    func sameWork(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            _ = try await stage.signedIn()
            let ended = PasswordHasher(cost: .cheap, threadCount: 1)
            await ended.shutdown()
            let server = try stage.signOn(hasher: ended)
            for name in ["anna", "nobody", "no name"] {
                await #expect(throws: IdentityError.busy(retryAfter: 1)) {
                    try await server.signIn(username: name, password: "correct horse")
                }
            }
        }
    }

    @Test("A composed password signs in who registered with a decomposed one", arguments: StoreKind.allCases)
    func normalised(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            try await stage.bank.register(username: "anna", password: "cafe\u{301} au lait")
            await #expect(throws: Never.self) {
                try await stage.bank.signIn(username: "anna", password: "caf\u{E9} au lait")
            }
        }
    }

    @Test("A store that does not answer is told as such, and signs nobody in or out", arguments: StoreKind.allCases)
    func storeFailure(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let claims = try stage.access(tokens)
            let down = StoreError.unavailable("down")
            let server = try stage.signOn(
                store: InterruptedStore(store: stage.store) { _ throws(StoreError) in throw down })
            let error = IdentityError.store(down)
            await #expect(throws: error) { try await server.register(username: "bert", password: "correct horse") }
            await #expect(throws: error) { try await server.signIn(username: "anna", password: "correct horse") }
            await #expect(throws: error) { try await server.refresh(tokens.refresh.text) }
            await #expect(throws: error) { try await server.renew(tokens.refresh.text) }
            await #expect(throws: error) { try await server.signOut(claims) }
            await #expect(throws: error) { try await server.signOutEverywhere(claims) }
            await #expect(throws: error) {
                try await server.changePassword(claims, current: "correct horse", new: "battery staple")
            }
            await stage.expectGood(tokens)
        }
    }
}
