import Foundation
import GRDB
import Harness

/// The cluster's database, seen by somebody who is none of its servers.
struct ClusterDatabase {
    let url: String

    var kind: DatabaseKind { DatabaseKind(url: url) }

    /// The path of the SQLite file.
    var path: String { String(url.dropFirst("sqlite:".utf8.count)) }

    /// Reads rows of values as text, null as nothing.
    func rows(_ sql: String) async throws -> [[String]] {
        switch kind {
        case .postgresql: return try await PostgreSQL.shared.query(sql, at: url)
        case .sqlite:
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let rows = try await queue.read { database in
                try Row.fetchAll(database, sql: sql).map { row in row.databaseValues.map(text) }
            }
            try queue.close()
            return rows
        }
    }

    /// Runs statements that write.
    func execute(_ sql: String) async throws {
        switch kind {
        case .postgresql: try await PostgreSQL.shared.query(sql, at: url)
        case .sqlite:
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try await queue.writeWithoutTransaction { try $0.execute(sql: sql) }
            try queue.close()
        }
    }

    /// Keeps every writer out while the body runs.
    func withExclusiveLock(_ body: () async throws -> Void) async throws {
        switch kind {
        case .postgresql:
            let tables = "users, sessions, accounts, transactions, plans, contributions, audit, mails, attempts"
            let holder = try await PostgreSQL.shared.hold("LOCK TABLE \(tables) IN EXCLUSIVE MODE", at: url)
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            try await holder.release()
            try result.get()
        case .sqlite: try await withFileLocked(body)
        }
    }

    private func withFileLocked(_ body: () async throws -> Void) async throws {
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

    /// All that lies in it: the bytes of its files, or what a dump says of its rows.
    func contents() async throws -> Data {
        switch kind {
        case .postgresql: return Data(try await PostgreSQL.shared.dump(url).utf8)
        case .sqlite:
            return [path, "\(path)-wal"].reduce(into: Data()) {
                $0 += FileManager.default.contents(atPath: $1) ?? Data()
            }
        }
    }

    /// The ids of all sessions, and whose they are.
    func sessions() async throws -> [String: String] {
        let rows = try await rows("SELECT id, user_id FROM sessions")
        return Dictionary(rows.map { ($0[0], $0[1]) }) { _, _ in "two of one id" }
    }

    /// The users' counts, by name; -1 for a name that two have.
    func counts() async throws -> [String: Int] {
        let rows = try await rows("SELECT username, count FROM users")
        return Dictionary(rows.map { ($0[0], Int($0[1]) ?? -1) }) { _, _ in -1 }
    }

    /// What SQLite finds wrong: nothing, if the file is sound and every reference leads somewhere. PostgreSQL checks
    /// references at every change, and pages as it reads them.
    func faults() async throws -> [String] {
        guard kind == .sqlite else { return [] }
        let integrity = try await rows("PRAGMA integrity_check").map { $0[0] }.filter { $0 != "ok" }
        return integrity + (try await rows("PRAGMA foreign_key_check").map { $0.joined(separator: " ") })
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
