import Dispatch
import GRDB
public import Holdings
public import Identity
import Synchronization

/// The cluster's data in one SQLite file, which any number of processes share.
///
/// The file is in WAL mode, so that reads go on while one writes, with `synchronous=FULL`: what was acknowledged
/// survives a power cut. Writers wait for each other, for at most ``maximumWait`` in all; then the call throws
/// ``Identity/StoreError/unavailable(_:)`` and has changed nothing.
///
/// A file that is moved away while the server runs is missed at the next call, not written to where nobody will look
/// for it; when it is back, work goes on. Another file in its place is not touched: SQLite would apply the old file's
/// log to it, and an older copy would bring revoked tokens back to life.
public final class SQLiteStore: ClusterStore {
    /// How long a call waits for its turn, in seconds.
    public static let maximumWait = 5

    private let path: String
    private let file: FileIdentity
    /// SQLite lets one write while others read, so there is a connection for each.
    private let writer: Connection
    private let reader: Connection
    /// For what need not survive a power cut, so that it does not wait for the disk.
    let attempts: Connection
    /// When a page was last written to see whether that can be done. See ``checkReadiness()``.
    let lastProof = Mutex<ContinuousClock.Instant?>(nil)
    /// They have a connection each and are closed with the store: SQLite moves its log into the file when the last closes.
    private let feeds = Mutex<[SQLiteFeed]>([])

    /// Opens the file, makes it where there is none, and brings its tables up to date. Blocks until that is done.
    ///
    /// - Parameter path: the file's path; its folder must exist.
    /// - Throws: ``Identity/StoreError`` if the file cannot be opened, is no database, or was made by a newer version.
    public init(path: String) throws(StoreError) {
        self.path = path
        try Self.requireLogWithFile(path)
        writer = try Connection(path: path, label: "writer")
        reader = try Connection(path: path, label: "reader")
        guard let file = FileIdentity(path: path) else { throw .unavailable("\(path) is no file") }
        self.file = file
        try writer.runNow { try Schema.migrate($0) }
        attempts = try Connection(path: path, label: "attempts", isDurable: false)
    }

    /// Waits for the calls under way and closes the file.
    public func close() async {
        await withCheckedContinuation { continuation in
            let feeds = feeds.withLock { feeds in
                defer { feeds = [] }
                return feeds
            }
            DispatchQueue.global().async { [writer, reader, attempts] in
                for feed in feeds { feed.close() }
                attempts.close()
                writer.close()
                reader.close()
                continuation.resume()
            }
        }
    }

    /// The table of revocations, looked at through a connection of its own, which is closed with the store.
    public func revocationFeed(life: Int) throws(StoreError) -> (any RevocationFeed)? {
        let feed = try SQLiteFeed(self, path: path)
        feeds.withLock { $0.append(feed) }
        return feed
    }

    /// Runs one statement that reads.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        try requireFile()
        return try await reader.run(body)
    }

    /// Runs statements that write: one alone, or several within ``GRDB/Database/inTransaction(_:_:)``.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        try requireFile()
        return try await writer.run(body)
    }

    /// SQLite empties a log that lies beside an empty or a new file: the log of a database that is elsewhere, whose last
    /// changes may stand nowhere else.
    ///
    /// The log is looked at first: it is begun after the file has its first page. The other way round, another process
    /// that makes both between the two looks would be taken for that case.
    static func requireLogWithFile(_ path: String) throws(StoreError) {
        guard (FileIdentity(path: "\(path)-wal")?.size ?? 0) > 0, (FileIdentity(path: path)?.size ?? 0) == 0 else {
            return
        }
        throw .unavailable(
            "\(path) is missing, but its log \(path)-wal is there: put the file back, or move the log away as well")
    }

    /// Asks the file system in the caller's own thread, which is an event loop's: about a microsecond on a local disk,
    /// and SQLite's log needs one.
    func requireFile() throws(StoreError) {
        guard let present = FileIdentity(path: path) else { throw .unavailable("the database file \(path) is gone") }
        guard present == file else {
            throw .unavailable(
                "another file has taken the place of \(path): put the old one back, or stop all servers, remove the "
                    + "-wal and -shm files beside it, and start them again")
        }
    }
}
