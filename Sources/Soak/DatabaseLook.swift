import GRDB
import History

/// The cluster's SQLite file, read by somebody who is none of its servers.
struct DatabaseLook: Sendable {
    let path: String

    /// What it says of these users; those that are not there are missing.
    func users(named names: [String]) async throws -> [String: StoredUser] {
        try await read { database in
            var users: [String: StoredUser] = [:]
            for name in names {
                guard
                    let user = try Row.fetchOne(
                        database, sql: "SELECT id, count FROM users WHERE username = ?", arguments: [name])
                else { continue }
                let rows = try Row.fetchAll(
                    database, sql: "SELECT id, ended_at FROM sessions WHERE user_id = ?",
                    arguments: [user["id"] as String])
                let sessions = rows.map { ($0["id"] as String, $0["ended_at"] as Int? != nil) }
                users[name] = StoredUser(count: user["count"], sessions: Dictionary(uniqueKeysWithValues: sessions))
            }
            return users
        }
    }

    /// What SQLite finds wrong with the file: nothing, if it is sound and every reference leads somewhere.
    func faults() async throws -> [String] {
        try await read { database in
            let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let references = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
            return integrity + references
        }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let value = try await queue.read(body)
        try queue.close()
        return value
    }
}
