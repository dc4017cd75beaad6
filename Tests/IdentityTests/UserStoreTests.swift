import Holdings
import Testing

@testable import Identity

@Suite("A store keeps users")
struct UserStoreTests {
    @Test("A user is found as they were added, by name and by id", arguments: StoreKind.allCases)
    func found(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let user = User(
                id: UserID(rawValue: "id-1"), name: try UserName("Anna.B+c@D"), count: 0, createdAt: 1_700_000_000)
            let password = cheapHash()
            #expect(try await store.addUser(user, password: password))
            let named = try #require(try await store.user(named: UserName("Anna.B+c@D")))
            #expect(named.user.id == UserID(rawValue: "id-1"))
            #expect(named.user.name.spelling == "Anna.B+c@D")
            #expect(named.user.count == 0)
            #expect(named.user.createdAt == 1_700_000_000)
            #expect(named.password == password)
            let known = try #require(try await store.user(id: UserID(rawValue: "id-1")))
            #expect(known.user == user)
            #expect(known.password == password)
        }
    }

    @Test("A user is found by their name in any case", arguments: StoreKind.allCases)
    func anyCase(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("AnNa", in: store)
            for name in ["anna", "ANNA", "aNNa"] {
                let found = try await store.user(named: UserName(name))
                #expect(found?.user.id == anna.id)
                #expect(found?.user.name.spelling == "AnNa")
            }
        }
    }

    @Test("Who is not there is not found", arguments: StoreKind.allCases)
    func unknown(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await Member("anna", in: store)
            #expect(try await store.user(named: UserName("ann")) == nil)
            #expect(try await store.user(named: UserName("anna1")) == nil)
            // What a pattern would match.
            #expect(try await store.user(named: UserName("ann_")) == nil)
            #expect(try await store.user(id: UserID(rawValue: "")) == nil)
            #expect(try await store.user(id: UserID(rawValue: "anna")) == nil)
            #expect(try await store.user(id: UserID(rawValue: "' OR ''='")) == nil)
        }
    }

    @Test("A name that somebody has is refused in any case, and nothing is added", arguments: StoreKind.allCases)
    func takenNames(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("Anna", in: store)
            let accounts = try await store.accounts(of: anna.id)
            let plan = try await store.plan(of: anna.id)
            for name in ["Anna", "anna", "ANNA"] {
                let other = User(id: UserID(rawValue: randomID()), name: try UserName(name), count: 0, createdAt: 1)
                #expect(try await store.addUser(other, password: cheapHash("another one")) == false)
                #expect(try await store.user(id: other.id) == nil)
                #expect(try await store.accounts(of: other.id) == [])
                #expect(try await store.plan(of: other.id) == nil)
            }
            #expect(try await store.users(liveSince: 0).map(\.user) == [anna.user])
            #expect(try await store.user(id: anna.id)?.password == anna.password)
            #expect(try await store.accounts(of: anna.id) == accounts)
            #expect(try await store.plan(of: anna.id) == plan)
        }
    }

    @Test("Of many who want one name at once, one gets it", arguments: StoreKind.allCases)
    func oneWinner(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let name = try UserName(number.isMultiple(of: 2) ? "anna" : "ANNA")
                        let user = User(id: UserID(rawValue: "id-\(number)"), name: name, count: 0, createdAt: 1)
                        return try await store.addUser(user, password: cheapHash())
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
            #expect(try await store.users(liveSince: 0).count == 1)
        }
    }

    @Test("All users are listed by name, without case, with their live sessions", arguments: StoreKind.allCases)
    func list(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.users(liveSince: 0).isEmpty)
            for name in ["carl", "Bert", "anna", "Dora"] { _ = try await Member(name, in: store) }
            let users = try await store.users(liveSince: 0)
            #expect(users.map(\.user.name.spelling) == ["anna", "Bert", "carl", "Dora"])
            #expect(users.map(\.liveSessions) == [1, 1, 1, 1])
        }
    }

    @Test("A ready store says so, and is as it was", arguments: StoreKind.allCases)
    func readiness(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.checkReadiness()
            let anna = try await Member("anna", in: store)
            try await store.checkReadiness()
            #expect(try await anna.count(in: store) == 0)
        }
    }

    @Test("Text is kept as it is, whatever SQL it looks like", arguments: StoreKind.allCases)
    func quoting(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let odd = ["'; DROP TABLE users; --", "\"", "é\u{301}", "😀", "?", ":a", "\\"]
            for id in odd {
                let session = SessionID(rawValue: id)
                #expect(try await store.beginSession(session, of: anna.id, provided: anna.password, at: 1) == 0)
                #expect(try await store.useSession(session, of: anna.id, at: 1)?.hasEnded == false)
            }
            #expect(try await anna.liveSessions(in: store) == 1 + odd.count)
        }
    }
}
