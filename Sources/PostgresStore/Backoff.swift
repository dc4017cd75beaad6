import Foundation
import Synchronization

/// Keeps a server that is not there from being asked all the time, and one that comes back from being asked by all at
/// the same moment: after an attempt to connect that failed, none is made for a pause, which grows and is random. It
/// begins with the attempt: one that took longer than that by itself is followed by the next at once.
///
/// Of those who come meanwhile, a few wait for the pause to end and make the next attempt, so whoever asks when the server
/// is back is answered. Where more come than that, they are told at once what the last one was told.
final class Backoff: Sendable {
    private struct State {
        var failures = 0
        var last: PostgresError?
        var end = ContinuousClock.now
        /// How many wait for the end.
        var waiting = 0
    }

    /// The first pause and the longest, in milliseconds.
    private static let pauses = (first: 25.0, longest: 500.0)

    private let state = Mutex(State())
    private let maximumWaiting: Int

    /// - Parameter maximumWaiting: how many may wait for the end of a pause.
    init(maximumWaiting: Int) {
        self.maximumWaiting = maximumWaiting
    }

    /// Makes an attempt, when it is time.
    func attempt<Connection>(
        _ connect: () throws(PostgresError) -> Connection
    ) throws(PostgresError) -> Connection {
        let pause = try state.withLock { state throws(PostgresError) -> Duration? in
            let left = ContinuousClock.now.duration(to: state.end)
            guard let last = state.last, left > .zero else { return nil }
            guard state.waiting < maximumWaiting else { throw last }
            state.waiting += 1
            return left
        }
        if let pause {
            usleep(UInt32(pause / .microseconds(1)))
            state.withLock { $0.waiting -= 1 }
        }
        let begin = ContinuousClock.now
        do {
            let connection = try connect()
            state.withLock { state in (state.failures, state.last) = (0, nil) }
            return connection
        } catch {
            state.withLock { state in
                let pause = min(Self.pauses.longest, Self.pauses.first * Double(1 << min(state.failures, 10)))
                state.failures += 1
                state.last = error
                state.end = begin + .milliseconds(Int(pause * .random(in: 0.5...1)))
            }
            throw error
        }
    }
}
