import Foundation
import Identity
import Synchronization

/// So many connections, made when they are needed, and made again when they have broken.
///
/// As many calls as there are connections run at once, each in a thread of the store's, so a thread always finds one
/// free. A call has one connection to itself from its beginning to its end and never asks for a second, so nobody waits
/// for somebody who waits for them: one connection is enough for everything.
final class ConnectionPool: Sendable {
    /// How often a call is made again that was in others' way. By chance, they then come one after the other.
    private static let maximumRepeats = 12

    private let url: String
    private let free: Mutex<[Seat]>
    private let backoff: Backoff

    init(url: String, size: Int) {
        self.url = url
        free = Mutex((0..<size).map { _ in Seat() })
        // One thread is left for those who do not wait.
        backoff = Backoff(maximumWaiting: max(1, size - 1))
    }

    /// Makes a call in the calling thread.
    ///
    /// - Returns: what came of it, and how many statements it took, those of attempts in vain included.
    func call<Result: Sendable>(
        until deadline: ContinuousClock.Instant, _ body: @Sendable (PostgresConnection) throws -> Result
    ) -> (Swift.Result<Result, StoreError>, statements: Int) {
        guard let seat = free.withLock({ $0.popLast() }) else {
            return (.failure(.unavailable("the database is busy: no connection is free")), 0)
        }
        defer { free.withLock { $0.append(seat) } }
        var statements = 0
        var repeats = 0
        while true {
            guard .now < deadline else {
                return (
                    .failure(.unavailable("the database is busy: others had their turn until the time limit")),
                    statements
                )
            }
            do {
                let (result, count) = try seat.use(
                    until: deadline, connecting: { () throws(PostgresError) in try connect() }, body)
                statements += count
                return (.success(try result.get()), statements)
            } catch let error as PostgresError where error.mayBeRepeated && repeats < Self.maximumRepeats {
                if error.isConflict { usleep(.random(in: 0..<(1_000 << UInt32(min(repeats, 6))))) }
                repeats += 1
            } catch {
                return (.failure(StoreError(error)), statements)
            }
        }
    }

    /// Lets go of all connections that are free.
    func close() {
        free.withLock { seats in seats.forEach { $0.leave() } }
    }

    private func connect() throws(PostgresError) -> PostgresConnection {
        try backoff.attempt { () throws(PostgresError) in try PostgresConnection(to: url) }
    }
}

/// The place of one connection, which may be empty.
private final class Seat: Sendable {
    private let connection = Mutex<PostgresConnection?>(nil)

    /// Lets `body` use the connection, which is made if there is none or the server has closed it.
    ///
    /// - Returns: what came of it, and how many statements it took.
    func use<Result: Sendable>(
        until deadline: ContinuousClock.Instant,
        connecting connect: @Sendable () throws(PostgresError) -> PostgresConnection,
        _ body: @Sendable (PostgresConnection) throws -> Result
    ) throws(PostgresError) -> (Swift.Result<Result, any Error>, statements: Int) {
        try connection.withLock { place throws(PostgresError) in
            if let old = place, old.hasEnded() { place = nil }
            let connection: PostgresConnection
            if let old = place { connection = old } else { connection = try connect() }
            place = connection
            connection.begin(until: deadline)
            let before = connection.statements
            let result = Swift.Result { try body(connection) }
            let count = connection.statements - before
            if !connection.isIdle { place = nil }
            return (result, count)
        }
    }

    func leave() { connection.withLock { $0 = nil } }
}
