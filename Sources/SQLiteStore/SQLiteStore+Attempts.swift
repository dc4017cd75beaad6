import Foundation
import GRDB
public import Identity

extension SQLiteStore {
    /// How many rows that say nothing any more one call removes, at most.
    private static let removedAtOnce = 100

    /// Reads, changes and writes the times of attempts in one transaction, and removes some of those that have passed.
    ///
    /// Neither a failure nor a success waits for the disk here: a power cut may take some failures back, which is no
    /// harm, and every sign-in would pay for it.
    public func changeTimes<Result: Sendable>(
        under keys: [AttemptKey], at now: Int, _ change: @escaping @Sendable (inout [AttemptKey: Int]) -> Result
    ) async throws(StoreError) -> Result {
        try requireFile()
        return try await attempts.run { database in
            var result: Result?
            try database.inTransaction(.immediate) {
                let known = try times(under: keys, in: database)
                var changed = known
                result = change(&changed)
                for key in keys where changed[key] != known[key] {
                    try set(changed[key], under: key, at: now, in: database)
                }
                // As many rows as a call writes are removed by it and more, so they cannot pile up.
                try database.cachedStatement(
                    sql: """
                        DELETE FROM attempts WHERE key IN (
                            SELECT key FROM attempts WHERE time <= ? ORDER BY time LIMIT \(Self.removedAtOnce))
                        """
                ).execute(arguments: [now])
                return .commit
            }
            guard let result else { throw StoreError.failed("a transaction ended without a result") }
            return result
        }
    }
}

private func times(under keys: [AttemptKey], in database: Database) throws -> [AttemptKey: Int] {
    let marks = keys.map { _ in "?" }.joined(separator: ", ")
    let statement = try database.cachedStatement(sql: "SELECT key, time FROM attempts WHERE key IN (\(marks))")
    let rows = try Row.fetchAll(statement, arguments: StatementArguments(keys.map { Data($0.bytes) }))
    return rows.reduce(into: [:]) { times, row in
        let key: Data = row["key"]
        times[AttemptKey(bytes: Array(key))] = row["time"]
    }
}

private func set(_ time: Int?, under key: AttemptKey, at now: Int, in database: Database) throws {
    if let time, time > now {
        try database.cachedStatement(
            sql: "INSERT INTO attempts (key, time) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET time = excluded.time"
        ).execute(arguments: [Data(key.bytes), time])
    } else {
        try database.cachedStatement(sql: "DELETE FROM attempts WHERE key = ?").execute(arguments: [Data(key.bytes)])
    }
}
