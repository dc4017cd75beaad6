import Holdings
import Testing

@testable import Identity

@Suite("A store replaces passwords")
struct PasswordStoreTests {
    @Test("A change takes the new password, the next count, and the one session along", arguments: StoreKind.allCases)
    func change(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let other = try await anna.anotherSession("other", in: store)
            let new = cheapHash("new password")
            let count = try await store.changePassword(
                of: anna.id, from: anna.password, to: new, count: 0, keeping: anna.session, at: 10)
            #expect(count == 1)
            let found = try #require(try await store.user(id: anna.id))
            #expect(found.password == new)
            #expect(found.user.count == 1)
            #expect(try await anna.liveSessions(in: store) == 1)
            #expect(try await store.useSession(anna.session, of: anna.id, at: 11)?.hasEnded == false)
            // The other one's tokens are dead by their count alone.
            #expect(try await store.useSession(other, of: anna.id, at: 11)?.count == 1)
            #expect(try await store.beginSession(randomSession(), of: anna.id, provided: anna.password, at: 12) == nil)
            #expect(try await store.beginSession(randomSession(), of: anna.id, provided: new, at: 12) == 1)
        }
    }

    @Test("The session that was kept can change the password again", arguments: StoreKind.allCases)
    func changeTwice(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let (second, third) = (cheapHash("second one"), cheapHash("third one"))
            #expect(
                try await store.changePassword(
                    of: anna.id, from: anna.password, to: second, count: 0, keeping: anna.session, at: 1) == 1)
            #expect(
                try await store.changePassword(
                    of: anna.id, from: second, to: third, count: 1, keeping: anna.session, at: 2) == 2)
            #expect(try await store.user(id: anna.id)?.password == third)
        }
    }

    @Test("Another password, another count or another session changes nothing", arguments: StoreKind.allCases)
    func refusals(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            let ended = try await anna.anotherSession("ended", in: store)
            try await store.endSession(ended, of: anna.id, at: 1)
            func change(
                of user: UserID, from old: PasswordHash, count: Int = 0, keeping session: SessionID
            ) async throws -> Int? {
                try await store.changePassword(
                    of: user, from: old, to: cheapHash("new password"), count: count, keeping: session, at: 2)
            }
            let old = anna.password
            #expect(try await change(of: anna.id, from: cheapHash("password of anna"), keeping: anna.session) == nil)
            #expect(try await change(of: anna.id, from: bert.password, keeping: anna.session) == nil)
            #expect(try await change(of: anna.id, from: old, count: 1, keeping: anna.session) == nil)
            #expect(try await change(of: anna.id, from: old, count: -1, keeping: anna.session) == nil)
            #expect(try await change(of: anna.id, from: old, keeping: ended) == nil)
            #expect(try await change(of: anna.id, from: old, keeping: bert.session) == nil)
            #expect(try await change(of: anna.id, from: old, keeping: randomSession()) == nil)
            #expect(try await change(of: UserID(rawValue: "nobody"), from: old, keeping: anna.session) == nil)
            for member in [anna, bert] {
                let found = try #require(try await store.user(id: member.id))
                #expect(found.password == member.password)
                #expect(found.user.count == 0)
                #expect(try await member.liveSessions(in: store) == 1)
            }
        }
    }

    @Test("A change touches one user", arguments: StoreKind.allCases)
    func oneUser(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            _ = try await store.changePassword(
                of: anna.id, from: anna.password, to: cheapHash("new password"), count: 0, keeping: anna.session, at: 1)
            let found = try #require(try await store.user(id: bert.id))
            #expect(found.password == bert.password)
            #expect(found.user.count == 0)
            #expect(try await bert.liveSessions(in: store) == 1)
        }
    }

    @Test("Of many changes from one password at once, one wins", arguments: StoreKind.allCases)
    func oneWinner(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let (id, old, session) = (anna.id, anna.password, anna.session)
            let winners = try await withThrowingTaskGroup(of: PasswordHash?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let new = cheapHash("new password \(number)")
                        let count = try await store.changePassword(
                            of: id, from: old, to: new, count: 0, keeping: session, at: 1)
                        return count == nil ? nil : new
                    }
                }
                return try await group.reduce(into: [PasswordHash]()) { if let hash = $1 { $0.append(hash) } }
            }
            #expect(winners.count == 1)
            let found = try #require(try await store.user(id: id))
            #expect(found.password == winners.first)
            #expect(found.user.count == 1)
        }
    }

    @Test("An upgrade replaces the hash and nothing else", arguments: StoreKind.allCases)
    func upgrade(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            let costlier = cheapHash("password of anna", cost: .cost("2,1,1"))
            try await store.upgradePassword(of: anna.id, from: anna.password, to: costlier)
            let found = try #require(try await store.user(id: anna.id))
            #expect(found.password == costlier)
            #expect(found.password.cost == .cost("2,1,1"))
            #expect(found.user == anna.user)
            #expect(try await anna.liveSessions(in: store) == 1)
            #expect(try await store.user(id: bert.id)?.password == bert.password)
        }
    }

    @Test("An upgrade of what is no longer the hash does nothing", arguments: StoreKind.allCases)
    func staleUpgrade(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let stale = cheapHash("password of anna")
            try await store.upgradePassword(of: anna.id, from: stale, to: cheapHash("another one"))
            try await store.upgradePassword(of: UserID(rawValue: "nobody"), from: anna.password, to: stale)
            #expect(try await store.user(id: anna.id)?.password == anna.password)
        }
    }
}
