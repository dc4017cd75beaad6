import Holdings
import Testing

@testable import Identity

@Suite("A store keeps sessions")
struct SessionStoreTests {
    @Test("A session begins under the user's count, and is live", arguments: StoreKind.allCases)
    func begin(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            #expect(try await store.advanceCount(of: anna.id) == 1)
            #expect(try await store.advanceCount(of: anna.id) == 2)
            let session = randomSession()
            #expect(try await store.beginSession(session, of: anna.id, provided: anna.password, at: 5) == 2)
            let state = try await store.useSession(session, of: anna.id, at: 6)
            #expect(state == SessionState(userName: anna.user.name, count: 2, hasEnded: false))
            #expect(state?.userName.spelling == "anna")
        }
    }

    @Test("A new session forgets the user's own that were not used since, and no other", arguments: StoreKind.allCases)
    func forgets(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            let idle = try await anna.anotherSession("idle", in: store, at: 100)
            let used = try await anna.anotherSession("used", in: store, at: 100)
            #expect(try await store.useSession(used, of: anna.id, at: 101) != nil)
            let new = randomSession()
            let time = Member.registeredAt + 1
            #expect(
                try await store.beginSession(
                    new, of: anna.id, provided: anna.password, refresh: nil, at: time,
                    forgettingUnusedSince: 100) == 0)
            #expect(try await store.useSession(idle, of: anna.id, at: time) == nil)
            for kept in [used, new, anna.session] {
                #expect(try await store.useSession(kept, of: anna.id, at: time) != nil)
            }
            #expect(try await store.useSession(bert.session, of: bert.id, at: time) != nil)
        }
    }

    @Test("A session that was not used since is not live", arguments: StoreKind.allCases)
    func idle(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await Member("anna", in: store)
            let since = { (cutoff: Int) in try await store.users(liveSince: cutoff).map(\.liveSessions) }
            #expect(try await since(Member.registeredAt - 1) == [1])
            #expect(try await since(Member.registeredAt) == [0])
        }
    }

    @Test("No session begins on a password that is no longer the user's", arguments: StoreKind.allCases)
    func changedPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let session = randomSession()
            // The same password under another salt is another hash.
            let other = cheapHash("password of anna")
            #expect(try await store.beginSession(session, of: anna.id, provided: other, at: 1) == nil)
            #expect(try await store.useSession(session, of: anna.id, at: 1) == nil)
            #expect(try await anna.liveSessions(in: store) == 1)
        }
    }

    @Test("No session begins for a user who is not there", arguments: StoreKind.allCases)
    func unknownUser(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = UserID(rawValue: "bert")
            #expect(try await store.beginSession(randomSession(), of: bert, provided: anna.password, at: 1) == nil)
            #expect(try await anna.liveSessions(in: store) == 1)
        }
    }

    @Test("No session begins on another user's password", arguments: StoreKind.allCases)
    func otherUsersPassword(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            #expect(try await store.beginSession(randomSession(), of: bert.id, provided: anna.password, at: 1) == nil)
            #expect(try await bert.liveSessions(in: store) == 1)
        }
    }

    @Test("Using a session reads the user's count as it is now", arguments: StoreKind.allCases)
    func liveCount(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            for count in 0..<4 {
                #expect(try await store.useSession(anna.session, of: anna.id, at: 1)?.count == count)
                #expect(try await store.advanceCount(of: anna.id) == count + 1)
            }
        }
    }

    @Test("A session is used by its own user alone", arguments: StoreKind.allCases)
    func otherUser(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            #expect(try await store.useSession(anna.session, of: bert.id, at: 1) == nil)
            #expect(try await store.useSession(bert.session, of: anna.id, at: 1) == nil)
            #expect(try await store.useSession(randomSession(), of: anna.id, at: 1) == nil)
            #expect(try await store.useSession(anna.session, of: UserID(rawValue: "nobody"), at: 1) == nil)
            #expect(try await store.useSession(anna.session, of: anna.id, at: 1)?.userName.spelling == "anna")
        }
    }

    @Test("An ended session says so, with the live count, and stays ended", arguments: StoreKind.allCases)
    func end(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let other = try await anna.anotherSession("second", in: store)
            try await store.endSession(anna.session, of: anna.id, at: 10)
            _ = try await store.advanceCount(of: anna.id)
            for _ in 1...3 {
                let state = try await store.useSession(anna.session, of: anna.id, at: 11)
                #expect(state == SessionState(userName: anna.user.name, count: 1, hasEnded: true))
                try await store.endSession(anna.session, of: anna.id, at: 12)
            }
            #expect(try await store.useSession(other, of: anna.id, at: 11)?.hasEnded == false)
        }
    }

    @Test("Ending what is not there, or another's, ends nothing", arguments: StoreKind.allCases)
    func endOther(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            try await store.endSession(randomSession(), of: anna.id, at: 1)
            try await store.endSession(anna.session, of: bert.id, at: 1)
            try await store.endSession(anna.session, of: UserID(rawValue: "nobody"), at: 1)
            #expect(try await store.useSession(anna.session, of: anna.id, at: 2)?.hasEnded == false)
            #expect(try await store.useSession(bert.session, of: bert.id, at: 2)?.hasEnded == false)
        }
    }

    @Test("Ending a session does not touch the count", arguments: StoreKind.allCases)
    func endKeepsCount(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            try await store.endSession(anna.session, of: anna.id, at: 1)
            #expect(try await anna.count(in: store) == 0)
        }
    }

    @Test("Sessions that ended, or are of an older count, are not live", arguments: StoreKind.allCases)
    func liveSessions(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            let second = try await anna.anotherSession("second", in: store)
            _ = try await anna.anotherSession("third", in: store)
            #expect(try await anna.liveSessions(in: store) == 3)
            try await store.endSession(second, of: anna.id, at: 1)
            #expect(try await anna.liveSessions(in: store) == 2)
            _ = try await store.advanceCount(of: anna.id)
            #expect(try await anna.liveSessions(in: store) == 0)
            _ = try await anna.anotherSession("fourth", in: store)
            #expect(try await anna.liveSessions(in: store) == 1)
            #expect(try await bert.liveSessions(in: store) == 1)
        }
    }
}
