import GRDB
import Identity
import Synchronization

/// The table of revocations, and what tells whether the file has changed, on a connection of its own: SQLite's number for
/// that leaves out what the same connection has written.
final class SQLiteFeed: RevocationFeed {
    /// How many entries are read at once.
    static let pageSize = 10_000

    private let store: SQLiteStore
    private let version: Mutex<DataVersion>

    init(_ store: SQLiteStore, path: String) throws(StoreError) {
        self.store = store
        version = Mutex(try DataVersion(path: path))
    }

    func close() { version.withLock { $0.close() } }

    /// Looks at the number in the shared memory that every commit changes: no page of the file is read.
    func mayHaveChanged() async throws(StoreError) -> Bool {
        try store.requireFile()
        return try version.withLock { version throws(StoreError) in try version.hasChanged() }
    }

    /// One writes at a time, so entries come in the order of their numbers, and the last one read is where to go on.
    func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage {
        try await store.read { database in
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
