import GRDB
import Identity
import Synchronization

/// The table of revocations, read through a connection of its own: the number by which SQLite tells that a file has
/// changed leaves out what the same connection has written.
final class SQLiteFeed: RevocationFeed {
    /// How many entries are read at once.
    static let pageSize = 10_000

    private let connection: Connection
    private let requireFile: @Sendable () throws(StoreError) -> Void
    private let version = Atomic<Int>(.min)

    /// - Parameters:
    ///   - connection: nobody else's.
    ///   - requireFile: throws if the file is not where it was.
    init(_ connection: Connection, requireFile: @escaping @Sendable () throws(StoreError) -> Void) {
        self.connection = connection
        self.requireFile = requireFile
    }

    /// Looks at the number in the shared memory that every commit changes: no page of the file is read.
    func mayHaveChanged() async throws(StoreError) -> Bool {
        try requireFile()
        let now = try await connection.run { database in
            try Int.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        }
        return version.exchange(now, ordering: .relaxed) != now
    }

    /// One writes at a time, so entries come in the order of their numbers, and the last one read is where to go on.
    func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage {
        try requireFile()
        return try await connection.run { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT seq, user_id, count, session_id FROM revocations
                    WHERE seq > ? AND at >= ? ORDER BY seq LIMIT \(Self.pageSize)
                    """)
            let rows = try Row.fetchAll(statement, arguments: [place, time])
            return RevocationPage(
                entries: try rows.map(Revocation.init), next: rows.last.map { $0["seq"] as Int } ?? place,
                hasMore: rows.count == Self.pageSize)
        }
    }
}

extension Revocation {
    fileprivate init(_ row: Row) throws {
        let scope: Scope
        if let count = row["count"] as Int? {
            scope = .below(count: count)
        } else if let session = row["session_id"] as String? {
            scope = .session(SessionID(rawValue: session))
        } else {
            throw StoreError.failed("a revocation in the database is malformed")
        }
        self.init(user: UserID(rawValue: row["user_id"]), scope: scope)
    }
}
