import CLibpq
public import Holdings
public import Identity
import NIOPosix
import Synchronization

/// The cluster's data in PostgreSQL, or in an engine that speaks its language, which any number of servers on any
/// number of machines share.
///
/// **Why no revoked token comes back to life.** Every call that hands out a token, or begins a session, locks the user's
/// row (`FOR SHARE`) before it looks at the count, and keeps the lock until what it does is committed; whatever makes a
/// count grow updates that row, for which it has to wait, or be waited for. So of the two, one comes first as a whole:
/// if the token did, it was issued before the revocation was acknowledged; if the revocation did, the other waits for
/// its commit, then compares the count as it is now, and issues nothing. Without the lock, the count would be that of
/// the moment at which the statement began: PostgreSQL looks at a row again that it waited for, but not at other rows.
/// `FOR KEY SHARE` would not do, as an update of a column that is in no key does not wait for it.
///
/// **Why nobody waits in a circle.** Locks are always taken in this order: user, session, all else. Where an engine
/// finds a circle all the same, or cannot bring two transactions into an order, it undoes one, and the call is made
/// again: a bounded number of times, and not after a COMMIT was sent without an answer.
///
/// What was acknowledged is as durable as the server's `synchronous_commit` says, which is on by default. Calls wait in
/// threads of the store's own, one for each connection, for ``maximumWait`` at most in all.
public final class PostgresStore: ClusterStore {
    /// How long a call waits for a connection, for locks and for answers, in seconds.
    public static let maximumWait = 5

    private let url: String
    private let pool: ConnectionPool
    private let threads: NIOThreadPool
    /// They have a connection each, and are closed with the store.
    private let feeds = Mutex<[PostgresFeed]>([])

    /// Connects, and brings the tables up to date. Blocks until that is done.
    ///
    /// - Parameters:
    ///   - url: what libpq takes for a connection URI, such as `postgresql://sso@db.example/sso?sslmode=verify-full`.
    ///   - connections: how many connections it makes at most, at least 1.
    /// - Throws: ``Identity/StoreError`` if the database cannot be reached, or was made by a newer version.
    public init(url: String, connections: Int) throws(StoreError) {
        self.url = url
        pool = ConnectionPool(url: url, size: max(1, connections))
        // Others that start at the same moment may make the tables first, which takes as long as it takes.
        let deadline = ContinuousClock.now + .seconds(6 * Self.maximumWait)
        try pool.call(until: deadline) { try Schema.migrate($0) }.0.get()
        threads = NIOThreadPool(numberOfThreads: max(1, connections))
        threads.start()
    }

    /// Waits for the calls under way and closes the connections.
    public func close() async {
        for feed in feeds.withLock({ $0 }) { await feed.close() }
        try? await threads.shutdownGracefully()
        pool.close()
    }

    /// The table of revocations, on a connection of its own beside the pool's, which is made at the first look.
    public func revocationFeed(life: Int) throws(StoreError) -> (any RevocationFeed)? {
        let feed = PostgresFeed(url: url, patience: .seconds(life))
        feeds.withLock { $0.append(feed) }
        return feed
    }

    /// Runs statements that read, or one after the other what makes up a call; see ``PostgresConnection``.
    func call<Result: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Result
    ) async throws(StoreError) -> Result {
        let meter = StatementMeter.current
        let start = ContinuousClock.now
        let outcome: Swift.Result<Result, StoreError> = await withCheckedContinuation { continuation in
            threads.submit { [pool] state in
                guard case .active = state else {
                    return continuation.resume(returning: .failure(.unavailable("the store is closed")))
                }
                let (result, statements) = pool.call(until: start + .seconds(Self.maximumWait), body)
                meter?.add(statements: statements, duration: .now - start)
                continuation.resume(returning: result)
            }
        }
        return try outcome.get()
    }

    /// Runs one statement that changes something.
    func change(_ sql: String, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
        try await call { try $0.alone(sql, parameters) }
    }

    /// Runs one statement that reads.
    func read(_ sql: String, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
        try await call { try $0.run(sql, parameters) }
    }

    /// Runs statements in a transaction, which is undone if `body` returns nil or throws.
    func transaction<Result: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Result?
    ) async throws(StoreError) -> Result? {
        try await call { try $0.transaction(body) }
    }

    /// Asks for what only a server that takes changes can do, and changes nothing.
    public func checkReadiness() async throws(StoreError) {
        _ = try await change("DELETE FROM attempts WHERE false", [])
    }
}

extension PostgresStore {
    /// Whether libpq finds this to be a connection URI. What it says when it does not is not told: it may repeat a part
    /// of the password.
    public static func canRead(url: String) -> Bool {
        guard !url.utf8.contains(0), let options = PQconninfoParse(url, nil) else { return false }
        PQconninfoFree(options)
        return true
    }
}
