import GRDB
import Holdings
import Identity
import Testing

@testable import SQLiteStore

@Suite("How the SQLite store sets up its connections")
struct SQLiteSettingsTests {
    /// What a pragma says on each of the two connections.
    private func pragma(_ name: String, _ store: SQLiteStore) async throws -> [String?] {
        let sql = "PRAGMA \(name)"
        return [
            try await store.write { try String.fetchOne($0, sql: sql) },
            try await store.read { try String.fetchOne($0, sql: sql) },
        ]
    }

    @Test("Both connections sync fully, in WAL mode, with foreign keys")
    func pragmas() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store throws in
                #expect(try await pragma("journal_mode", store) == ["wal", "wal"])
                // 2 is FULL.
                #expect(try await pragma("synchronous", store) == ["2", "2"])
                #expect(try await pragma("foreign_keys", store) == ["1", "1"])
            }
        }
    }

    @Test("Attempts are counted without a sync, and without moving the log into the file, which would need one")
    func attempts() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store throws in
                func pragma(_ name: String) async throws -> String? {
                    try await store.attempts.run { try String.fetchOne($0, sql: "PRAGMA \(name)") }
                }
                // 1 is NORMAL.
                #expect(try await pragma("synchronous") == "1")
                #expect(try await pragma("wal_autocheckpoint") == "0")
                let writer = try await store.write { try String.fetchOne($0, sql: "PRAGMA wal_autocheckpoint") }
                #expect(writer == "1000")
            }
        }
    }

    @Test("The database itself refuses a count that shrinks")
    func countOnlyGrows() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store in
                let anna = try await Member("anna", in: store)
                _ = try await store.advanceCount(of: anna.id)
                for count in ["0", "count - 1", "-1"] {
                    let error = await #expect(throws: StoreError.self) {
                        try await store.write { try $0.execute(sql: "UPDATE users SET count = \(count)") }
                    }
                    guard case .failed? = error else {
                        Issue.record("not failed but \(String(describing: error))")
                        continue
                    }
                }
                #expect(try await anna.count(in: store) == 1)
            }
        }
    }

    @Test("The database itself refuses what belongs to nobody")
    func foreignKeys() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store throws in
                await #expect(throws: StoreError.self) {
                    try await store.write {
                        try $0.execute(sql: "INSERT INTO accounts (id, user_id, name) VALUES ('1', 'nobody', 'a')")
                    }
                }
                #expect(try await store.accounts(of: UserID(rawValue: "nobody")) == [])
            }
        }
    }

    @Test("A session whose user somebody deleted by hand is none")
    func deletedUser() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store in
                let anna = try await Member("anna", in: store)
                try await store.write {
                    try $0.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM users; PRAGMA foreign_keys = ON")
                }
                #expect(try await store.useSession(anna.session, of: anna.id, at: 1) == nil)
            }
        }
    }

    @Test("A user that somebody spoiled in the file is a failure, not a crash")
    func spoiledRows() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store in
                let anna = try await Member("anna", in: store)
                for spoiling in ["username = 'no name'", "password_hash = 'x'"] {
                    try await store.write { try $0.execute(sql: "UPDATE users SET \(spoiling)") }
                    let error = await #expect(throws: StoreError.self) { try await store.user(id: anna.id) }
                    guard case .failed? = error else {
                        Issue.record("not failed but \(String(describing: error))")
                        continue
                    }
                }
            }
        }
    }
}
