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
/// for it; when it is back, or another in its place, work goes on. A new file is only ever made at the start.
public final class SQLiteStore: ClusterStore {
    /// How long a call waits for its turn, in seconds.
    public static let maximumWait = 5

    private let path: String
    private let connections: Mutex<Connections>
    /// Opening blocks, so it happens here, one at a time.
    private let opening = DispatchQueue(label: "sqlite.opening")

    /// Opens the file, makes it where there is none, and brings its tables up to date. Blocks until that is done.
    ///
    /// - Parameter path: the file's path; its folder must exist.
    /// - Throws: ``Identity/StoreError`` if the file cannot be opened, is no database, or was made by a newer version.
    public init(path: String) throws(StoreError) {
        self.path = path
        let connections = try Connections(path: path)
        try connections.migrate()
        self.connections = Mutex(connections)
    }

    /// Waits for the calls under way and closes the file.
    public func close() async {
        let connections = connections.withLock { $0 }
        await withCheckedContinuation { continuation in
            opening.async {
                connections.close()
                continuation.resume()
            }
        }
    }

    /// Runs one statement that reads.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        try await current().reader.run(body)
    }

    /// Runs statements that write: one alone, or several within ``GRDB/Database/inTransaction(_:_:)``.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        try await current().writer.run(body)
    }

    /// The connections to the file that is there now.
    private func current() async throws(StoreError) -> Connections {
        let path = path
        guard let file = FileIdentity(path: path) else { throw .unavailable("the database file \(path) is gone") }
        let connections = connections.withLock { $0 }
        if connections.file == file { return connections }
        let reopened = await withCheckedContinuation { continuation in
            opening.async { continuation.resume(returning: self.reopen(file)) }
        }
        return try reopened.get()
    }

    private func reopen(_ file: FileIdentity) -> Result<Connections, StoreError> {
        let old = connections.withLock { $0 }
        if old.file == file { return .success(old) }
        do {
            let new = try Connections(path: path)
            try new.requireCurrentSchema()
            connections.withLock { $0 = new }
            old.close()
            return .success(new)
        } catch {
            return .failure(error)
        }
    }
}
