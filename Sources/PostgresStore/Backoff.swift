import Foundation
import Synchronization

/// Keeps a server that is not there from being asked all the time, and one that comes back from being asked by all at
/// the same moment: after an attempt to connect that failed, none is made for a pause, which grows and is random.
///
/// Of those who come meanwhile, one waits for the pause to end and makes the next attempt; so it is soon known that the
/// server is back, and the first who asks then is answered. The others are told at once what the last one was told.
final class Backoff: Sendable {
    private struct State {
        var failures = 0
        var last: PostgresError?
        var end = ContinuousClock.now
        /// Whether somebody waits for the end.
        var isAwaited = false
    }

    /// The first pause and the longest, in milliseconds.
    private static let pauses = (first: 25.0, longest: 500.0)

    private let state = Mutex(State())

    /// Makes an attempt, when it is time.
    func attempt<Connection>(
        _ connect: () throws(PostgresError) -> Connection
    ) throws(PostgresError) -> Connection {
        let pause = try state.withLock { state throws(PostgresError) -> Duration? in
            let left = ContinuousClock.now.duration(to: state.end)
            guard let last = state.last, left > .zero else { return nil }
            if state.isAwaited { throw last }
            state.isAwaited = true
            return left
        }
        if let pause { usleep(UInt32(pause / .microseconds(1))) }
        defer { if pause != nil { state.withLock { $0.isAwaited = false } } }
        do {
            let connection = try connect()
            state.withLock { state in (state.failures, state.last) = (0, nil) }
            return connection
        } catch {
            state.withLock { state in
                let pause = min(Self.pauses.longest, Self.pauses.first * Double(1 << min(state.failures, 10)))
                state.failures += 1
                state.last = error
                state.end = .now + .milliseconds(Int(pause * .random(in: 0.5...1)))
            }
            throw error
        }
    }
}
