import GRDB

/// The cluster's SQLite file, seen by somebody who is none of its servers.
struct DatabaseFile {
    let path: String

    /// Reads on a connection that cannot write.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let value = try await queue.read(body)
        try queue.close()
        return value
    }

    /// Runs a statement that writes.
    func execute(_ sql: String) async throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try await queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Keeps every writer out while the body runs.
    func withExclusiveLock(_ body: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try queue.close()
        try result.get()
    }

    /// The ids of all sessions, and whose they are.
    func sessions() async throws -> [String: String] {
        try await read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, user_id FROM sessions")
            return Dictionary(rows.map { ($0["id"], $0["user_id"]) }) { _, _ in "two of one id" }
        }
    }

    /// The users' counts, by name; -1 for a name that two have.
    func counts() async throws -> [String: Int] {
        try await read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT username, count FROM users")
            return Dictionary(rows.map { ($0["username"], $0["count"]) }) { _, _ in -1 }
        }
    }

    /// What SQLite finds wrong: nothing, if the file is sound and every reference leads somewhere.
    func faults() async throws -> [String] {
        try await read { database in
            let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let references = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
            return integrity + references
        }
    }
}
