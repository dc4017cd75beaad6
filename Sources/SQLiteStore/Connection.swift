import Foundation
import GRDB
import Identity
import Synchronization

/// One connection to a database file, used by one call at a time in a queue of its own.
final class Connection: Sendable {
    private let queue: DatabaseQueue
    private let statementCount: Counter
    private let turn: Turn

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
            database.trace(options: .statement) { event in
                // A trigger shows as a comment; it is part of the statement that fired it.
                guard case .statement(let statement) = event, !statement.sql.hasPrefix("--") else { return }
                statementCount.increment()
            }
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
        let deadline = start + .seconds(SQLiteStore.maximumWait)
        do {
            return try await queue.writeWithoutTransaction { [turn, statementCount] database in
                let before = statementCount.value
                defer { meter?.add(statements: statementCount.value - before, duration: ContinuousClock.now - start) }
                guard turn.begin(until: deadline) else {
                    throw StoreError.unavailable("the database is busy: others were still waiting after the time limit")
                }
                return try body(database)
            }
        } catch {
            throw StoreError(error)
        }
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
                try queue.writeWithoutTransaction {
                    try $0.execute(
                        sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL"); PRAGMA cache_size = -16384")
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

    func increment() { count.wrappingAdd(1, ordering: .relaxed) }
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
