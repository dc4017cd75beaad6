import GRDB
import Harness
import History

/// The cluster's database, read by somebody who is none of its servers.
struct DatabaseLook: Sendable {
    let url: String
    /// Its server, if it has one.
    let postgreSQL: PostgreSQL?

    /// What it says of these users; those that are not there are missing.
    func users(named names: [String]) async throws -> [String: StoredUser] {
        let wanted = Set(names)
        var ids: [String: String] = [:]
        var counts: [String: Int] = [:]
        for row in try await rows("SELECT username, id, count FROM users") where wanted.contains(row[0]) {
            ids[row[1]] = row[0]
            counts[row[0]] = Int(row[2])
        }
        var sessions: [String: [String: Bool]] = [:]
        for row in try await rows("SELECT user_id, id, ended_at IS NOT NULL FROM sessions") {
            guard let name = ids[row[0]] else { continue }
            sessions[name, default: [:]][row[1]] = ["1", "t"].contains(row[2])
        }
        return Dictionary(
            uniqueKeysWithValues: counts.map { ($0, StoredUser(count: $1, sessions: sessions[$0] ?? [:])) })
    }

    /// What SQLite finds wrong with the file: nothing, if it is sound and every reference leads somewhere. PostgreSQL
    /// checks references at every change, and pages as it reads them.
    func faults() async throws -> [String] {
        guard postgreSQL == nil else { return [] }
        let integrity = try await rows("PRAGMA integrity_check").map { $0[0] }.filter { $0 != "ok" }
        return integrity + (try await rows("PRAGMA foreign_key_check").map { $0.joined(separator: " ") })
    }

    private func rows(_ sql: String) async throws -> [[String]] {
        if let postgreSQL { return try await postgreSQL.query(sql, at: url) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(
            path: String(url.dropFirst("sqlite:".utf8.count)), configuration: configuration)
        let rows = try await queue.read { database in
            try Row.fetchAll(database, sql: sql).map { row in row.databaseValues.map(text) }
        }
        try queue.close()
        return rows
    }
}

private func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null, .blob: ""
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text
    }
}
