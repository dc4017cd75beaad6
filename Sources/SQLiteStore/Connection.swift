import Foundation
import GRDB
import GRDBSQLite
import Identity
import Synchronization

/// One connection to a database file, used by one call at a time: in a thread of its own, so that nobody who answers
/// requests waits for a disk; or on the spot, while that is shorter than a change of threads. See ``Pace``.
final class Connection: Sendable {
    private let queue: DatabaseQueue
    private let statementCount: Counter
    private let turn: Turn
    private let pace = Pace()

    /// Opens the file, and makes it where there is none.
    ///
    /// - Parameter isDurable: whether what is written has to survive a power cut before the call returns.
    init(path: String, label: String, isDurable: Bool = true) throws(StoreError) {
        let statementCount = Counter()
        let turn = Turn()
        var configuration = Configuration()
        configuration.label = "sqlite.\(label)"
        configuration.journalMode = .wal
        // SQLite's own handler sleeps up to 0.1 s between attempts and starves under load; this one asks often.
        configuration.busyMode = .callback { _ in
            guard turn.isOpen else { return false }
            usleep(1_000)
            return true
        }
        configuration.prepareDatabase { database in
            statementCount.count(database)
        }
        self.statementCount = statementCount
        self.turn = turn
        queue = try Self.open(path, configuration, turn, isDurable: isDurable)
    }

    /// Runs `body` when it is its turn, and tells the current ``Identity/StatementMeter`` what it cost.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(StoreError) -> Result {
        let meter = StatementMeter.current
        let start = ContinuousClock.now
        /// Runs the body in the connection's turn, and tells what it cost.
        @Sendable func work(_ database: Database, waitingUntil deadline: ContinuousClock.Instant) throws -> Result {
            let begin = ContinuousClock.now
            let before = statementCount.value
            guard turn.begin(until: deadline) || deadline == start else {
                throw StoreError.unavailable("the database is busy: others were still waiting after the time limit")
            }
            let result = Swift.Result { try body(database) }
            let end = ContinuousClock.now
            pace.took(end - begin)
            if !result.isBusy || deadline > start {
                meter?.add(statements: statementCount.value - before, duration: end - start)
            }
            return try result.get()
        }
        do {
            if pace.enterOnTheSpot() {
                defer { pace.leave() }
                // Nobody waits here for another process's lock. It is asked for first, so nothing was done without it.
                let result = Swift.Result { try onTheSpot { try work($0, waitingUntil: start) } }
                if !result.isBusy { return try result.get() }
            }
            pace.enter()
            defer { pace.leave() }
            return try await queue.writeWithoutTransaction {
                try work($0, waitingUntil: start + .seconds(SQLiteStore.maximumWait))
            }
        } catch {
            throw StoreError(error)
        }
    }

    /// Runs `body` in the calling thread: GRDB has this under the same name as the asynchronous way.
    private func onTheSpot<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction(body)
    }

    /// Runs `body` on the calling thread, which blocks.
    func runNow<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do {
            return try queue.writeWithoutTransaction { database in
                _ = turn.begin(until: .now + .seconds(SQLiteStore.maximumWait))
                return try body(database)
            }
        } catch {
            throw StoreError(error)
        }
    }

    func close() {
        try? queue.close()
    }

    /// Several processes that open an empty file at once get in each other's way while it changes to WAL mode, where
    /// SQLite does not wait by itself. So this tries again.
    private static func open(
        _ path: String, _ configuration: Configuration, _ turn: Turn, isDurable: Bool
    ) throws(StoreError) -> DatabaseQueue {
        let deadline = ContinuousClock.now + .seconds(SQLiteStore.maximumWait)
        while true {
            do {
                _ = turn.begin(until: deadline)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                // GRDB sets NORMAL in WAL mode, which a power cut can take back.
                // And 16 MiB of pages are kept, once they were read: with a million users, the inner nodes of all trees.
                // A commit that does not sync is quick; one that moves the log into the file would not be. The durable
                // connections' commits do that, which take their time anyway.
                try queue.writeWithoutTransaction {
                    try $0.execute(
                        sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL"); PRAGMA cache_size = -16384")
                    if !isDurable { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
                }
                return queue
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < deadline {
                usleep(5_000)
            } catch {
                throw StoreError(error)
            }
        }
    }
}

/// How many statements a connection has run.
private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts the statements of a connection, which has to be closed before this goes.
    ///
    /// By SQLite's own call: GRDB's makes a trimmed copy of each statement's text, which takes longer than some statements.
    func count(_ database: Database) {
        sqlite3_trace_v2(
            database.sqliteConnection, UInt32(SQLITE_TRACE_STMT),
            { _, counter, _, text in
                // A trigger shows as a comment; it is part of the statement that fired it.
                let text = text?.assumingMemoryBound(to: CChar.self)
                guard let counter, let text, strncmp(text, "--", 2) != 0 else { return 0 }
                Unmanaged<Counter>.fromOpaque(counter).takeUnretainedValue().count.wrappingAdd(1, ordering: .relaxed)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}

/// Until when the call that has the connection may wait for locks.
private final class Turn: Sendable {
    private let deadline = Mutex(ContinuousClock.now)

    var isOpen: Bool { .now < deadline.withLock { $0 } }

    /// False if the time is over already.
    func begin(until deadline: ContinuousClock.Instant) -> Bool {
        self.deadline.withLock { $0 = deadline }
        return .now < deadline
    }
}

extension Result where Failure == any Error {
    /// Whether another has the lock.
    fileprivate var isBusy: Bool {
        if case .failure(let error as DatabaseError) = self { return error.resultCode == .SQLITE_BUSY }
        return false
    }
}
