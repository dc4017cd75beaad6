public import Identity

extension PostgresStore {
    /// How many rows that say nothing any more one call removes, at most.
    private static let removedAtOnce = 100

    /// Reads, changes and writes the times of attempts in one transaction, and removes some of those that have passed.
    ///
    /// Neither a failure nor a success waits for the server's disk here: a power cut may take some failures back, which
    /// is no harm, and every sign-in would pay for it.
    public func changeTimes<Result: Sendable>(
        under keys: [AttemptKey], at now: Int, _ change: @escaping @Sendable (inout [AttemptKey: Int]) -> Result
    ) async throws(StoreError) -> Result {
        try await call { connection in
            let result = try connection.transaction(begin: "BEGIN; SET LOCAL synchronous_commit = off") {
                connection -> Result? in
                let known = try lockedTimes(under: keys, connection)
                var changed = known
                let result = change(&changed)
                let news = Set(keys).filter { changed[$0] != known[$0] }
                // A time that is over or none is 0, and is removed with all that are over.
                let times = news.map { key in (key, changed[key].flatMap { $0 > now ? $0 : nil } ?? 0) }
                if !times.isEmpty { try put(times, elseKeeping: "excluded.time", connection) }
                // As many rows as a call writes are removed by it and more, so they cannot pile up. One that another call
                // has is left to that call.
                _ = try connection.run(
                    """
                    DELETE FROM attempts WHERE key IN (
                        SELECT key FROM attempts WHERE time <= $1 ORDER BY time LIMIT \(Self.removedAtOnce)
                        FOR UPDATE SKIP LOCKED)
                    """, [.integer(now)])
                return result
            }
            guard let result else { throw StoreError.failed("a transaction ended without a result") }
            return result
        }
    }
}

/// The times under these keys, whose rows nobody else can change until the transaction ends. There is no locking what is
/// not there, so a row that is missing is made first, with the time 0.
private func lockedTimes(under keys: [AttemptKey], _ connection: PostgresConnection) throws -> [AttemptKey: Int] {
    guard !keys.isEmpty else { return [:] }
    var times: [AttemptKey: Int] = [:]
    for row in try put(Set(keys).map { ($0, 0) }, elseKeeping: "attempts.time", connection).rows {
        let time = try row.integer("time")
        if time > 0 { times[AttemptKey(bytes: try row.bytes("key"))] = time }
    }
    return times
}

/// Writes times in the keys' order, so that of two who lock some of the same, none waits for the other in a circle.
@discardableResult
private func put(
    _ times: [(AttemptKey, Int)], elseKeeping kept: String, _ connection: PostgresConnection
) throws -> Rows {
    let sorted = times.sorted { $0.0.bytes.lexicographicallyPrecedes($1.0.bytes) }
    let marks = sorted.indices.map { "($\(2 * $0 + 1), $\(2 * $0 + 2))" }.joined(separator: ", ")
    return try connection.run(
        """
        INSERT INTO attempts (key, time) VALUES \(marks) ON CONFLICT (key) DO UPDATE SET time = \(kept)
        RETURNING key, time
        """, sorted.flatMap { key, time -> [Parameter] in [.bytes(key.bytes), .integer(time)] })
}
