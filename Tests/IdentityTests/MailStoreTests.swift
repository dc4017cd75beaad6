import GRDB
import Holdings
import SQLiteStore
import Testing

@testable import Identity

@Suite("What every store does with mails")
struct MailStoreTests {
    private static let now = 1_700_000_100

    /// A user with an address, unless it is nil.
    private func addUser(
        _ name: String, _ address: String? = "anna@example.com", in store: any ClusterStore
    ) async throws -> User {
        let user = User(
            id: UserID(rawValue: randomID()), name: try UserName(name), count: 0, createdAt: 1_700_000_000,
            email: try address.map { try EmailAddress($0) })
        try #require(try await store.addUser(user, password: cheapHash("password of \(name)")))
        return user
    }

    private func askForReset(_ user: User, in store: any ClusterStore, at time: Int = now) async throws -> Bool {
        try await store.queueResetMail(for: user.name, linkTo: "http://bank", at: time, pause: 300)
    }

    private func take(from store: any ClusterStore, at time: Int = now, lease: Int = 120) async throws -> QueuedMail? {
        try await store.takeMail(at: time, until: time + lease)
    }

    @Test("A user's address is kept as it was normalised; none stays none", arguments: StoreKind.allCases)
    func address(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await addUser("anna", "Anna@EXAMPLE.com", in: store)
            #expect(try await store.user(id: anna.id)?.user == anna)
            #expect(try await store.user(named: anna.name)?.user.email?.text == "Anna@example.com")
            // Two may share one.
            let bob = try await addUser("bob", "Anna@example.com", in: store)
            #expect(try await store.user(id: bob.id)?.user.email == anna.email)
            let carl = try await addUser("carl", nil, in: store)
            #expect(try await store.user(id: carl.id)?.user == carl)
        }
    }

    @Test(
        "A reset mail is queued for who is there and has an address, and says all that it takes to write it",
        arguments: StoreKind.allCases)
    func queueReset(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await addUser("Anna", in: store)
            let carl = try await addUser("carl", nil, in: store)
            let nobody = User(id: UserID(rawValue: "x"), name: try UserName("nobody"), count: 0, createdAt: 0)
            #expect(try await !askForReset(carl, in: store))
            #expect(try await !askForReset(nobody, in: store))
            #expect(try await take(from: store) == nil)
            _ = try await store.advanceCount(of: anna.id)
            #expect(try await askForReset(anna, in: store))
            _ = try await store.advanceCount(of: anna.id)

            let mail = try #require(try await take(from: store))
            #expect(mail.kind == .passwordReset)
            #expect(mail.recipient == anna.email)
            #expect(mail.user == anna.id)
            #expect(mail.userName.spelling == "Anna")
            #expect(mail.count == 1 && mail.userCount == 2)
            #expect(mail.origin == "http://bank")
            #expect(mail.createdAt == Self.now)
            #expect(mail.attempt == 1)
            #expect(mail.id.utf8.count == 32)
        }
    }

    @Test(
        "A user gets one reset mail in five minutes, and a clock that was wrong does not change that for ever",
        arguments: StoreKind.allCases)
    func pause(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await addUser("anna", in: store)
            let bob = try await addUser("bob", in: store)
            #expect(try await askForReset(anna, in: store))
            for later in [0, 1, 299] { #expect(try await !askForReset(anna, in: store, at: Self.now + later)) }
            #expect(try await askForReset(bob, in: store))
            #expect(try await askForReset(anna, in: store, at: Self.now + 300))
            #expect(try await !askForReset(anna, in: store, at: Self.now + 301))
            // Set back by an hour, the clock has the last mail in the future.
            #expect(try await askForReset(anna, in: store, at: Self.now - 3600))
        }
    }

    @Test("Of those who ask at once, one is served", arguments: StoreKind.allCases)
    func pauseRace(kind: StoreKind) async throws {
        try await kind.withTwoStores { one, other in
            let anna = try await addUser("anna", in: one)
            let served = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<20 {
                    group.addTask { try await self.askForReset(anna, in: index % 2 == 0 ? one : other) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(served == 1)
        }
    }

    @Test(
        "Who takes a mail has it until the lease ends; then the next one does, and the first has lost it",
        arguments: StoreKind.allCases)
    func lease(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await addUser("anna", in: store)
            #expect(try await askForReset(anna, in: store))
            #expect(try await take(from: store, at: Self.now - 1) == nil)
            let first = try #require(try await take(from: store))
            #expect(try await take(from: store) == nil)
            #expect(try await take(from: store, at: Self.now + 119) == nil)
            let second = try #require(try await take(from: store, at: Self.now + 120))
            #expect(second.id == first.id && second.attempt == 2)
            // The first, back from the dead, changes nothing any more.
            try await store.removeMail(first)
            try await store.postponeMail(first, until: Self.now)
            #expect(try await take(from: store, at: Self.now + 239) == nil)
            try await store.postponeMail(second, until: Self.now + 500)
            #expect(try await take(from: store, at: Self.now + 499) == nil)
            let third = try #require(try await take(from: store, at: Self.now + 500))
            #expect(third.attempt == 3)
            try await store.removeMail(third)
            #expect(try await take(from: store, at: .max / 2) == nil)
        }
    }

    @Test("A mail of a kind that this version does not know waits; one that nobody can read is removed; others go on")
    func unreadable() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let names = ["anna", "bob", "carl"]
                for name in names { #expect(try await askForReset(addUser(name, in: store), in: store)) }
                let ids = try await DatabaseQueue(path: path).write { database in
                    try names.map { name in
                        let user = "(SELECT id FROM users WHERE username = '\(name)')"
                        return try #require(
                            try String.fetchOne(database, sql: "SELECT id FROM mails WHERE user_id = \(user)"))
                    }
                }
                try await DatabaseQueue(path: path).write { database in
                    try database.execute(
                        sql: """
                            UPDATE mails SET kind = 'of tomorrow', next_attempt_at = 0 WHERE id = ?;
                            UPDATE mails SET recipient = 'no address', next_attempt_at = 1 WHERE id = ?
                            """, arguments: [ids[0], ids[1]])
                }
                await #expect(throws: StoreError.failed("the queued mail \(ids[1]) was malformed, and is removed")) {
                    try await take(from: store)
                }
                #expect(try await take(from: store)?.id == ids[2])
                #expect(try await take(from: store) == nil)
                let left = try await DatabaseQueue(path: path).read { database in
                    try String.fetchAll(database, sql: "SELECT id FROM mails WHERE attempts = 0")
                }
                #expect(left == [ids[0]])
            }
        }
    }

    @Test("Two servers on one queue take each mail once", arguments: StoreKind.allCases)
    func shared(kind: StoreKind) async throws {
        try await kind.withTwoStores { one, other in
            for index in 0..<30 {
                let user = try await addUser("user\(index)", "u\(index)@example.com", in: one)
                #expect(try await askForReset(user, in: one))
            }
            let taken = try await withThrowingTaskGroup(of: [String].self) { group in
                for index in 0..<6 {
                    group.addTask {
                        var taken: [String] = []
                        while let mail = try await take(from: index % 2 == 0 ? one : other) {
                            taken.append(mail.recipient.text)
                        }
                        return taken
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 30)
            #expect(Set(taken).count == 30)
        }
    }

    @Test(
        "A password that is changed, in whichever way, is a mail; one that is not, is none",
        arguments: StoreKind.allCases)
    func passwordChanged(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await addUser("anna", in: store)
            let password = cheapHash("password of anna")
            let old = try #require(try await store.user(id: anna.id)).password
            let session = randomSession()
            _ = try await store.beginSession(session, of: anna.id, provided: old, at: Self.now)
            #expect(
                try await store.changePassword(
                    of: anna.id, from: password, to: password, count: 0, keeping: session, at: Self.now) == nil)
            #expect(try await store.changePassword(of: anna.id, from: old, to: password, count: 7, at: Self.now) == nil)
            #expect(try await store.resetPassword(of: anna.id, to: password, count: 7, at: Self.now) == nil)
            #expect(try await take(from: store, at: .max / 2) == nil)

            #expect(
                try await store.changePassword(
                    of: anna.id, from: old, to: password, count: 0, keeping: session, at: Self.now) == 1)
            #expect(try await store.changePassword(of: anna.id, from: password, to: old, count: 1, at: Self.now) == 2)
            #expect(try await store.resetPassword(of: anna.id, to: password, count: 2, at: Self.now) == 3)
            for _ in 1...3 {
                let mail = try #require(try await store.takeMail(at: .max / 2, until: .max / 2 + 1))
                #expect(mail.kind == .passwordChanged && mail.recipient == anna.email && mail.origin == nil)
                try await store.removeMail(mail)
            }
            #expect(try await take(from: store, at: .max / 2) == nil)
        }
    }

    @Test("A reset ends every session, and is done once for a count", arguments: StoreKind.allCases)
    func reset(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bob = try await Member("bob", in: store)
            let new = cheapHash("another password")
            #expect(try await store.resetPassword(of: anna.id, to: new, count: 0, at: Self.now) == 1)
            #expect(try await store.resetPassword(of: anna.id, to: anna.password, count: 0, at: Self.now) == nil)
            #expect(try await store.user(id: anna.id)?.password == new)
            #expect(try await anna.liveSessions(in: store) == 0)
            #expect(try await bob.count(in: store) == 0)
            #expect(try await store.user(id: bob.id)?.password == bob.password)
            #expect(try await bob.liveSessions(in: store) == 1)
        }
    }
}
