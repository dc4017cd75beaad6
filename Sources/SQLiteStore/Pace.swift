import Synchronization

/// Says whether a call to the database is made on the spot, in the thread that asks, or in the connection's own thread.
///
/// A change of threads and back costs about 50 µs on an idle machine. Where the disk keeps what it is told faster than
/// that, most of a call's time is spent on changing threads; where it does not, whoever answers requests must not wait
/// for it. So calls are made on the spot as long as the last ones were all short and the connection is free, and one
/// that took long sends all that follow to the connection's thread, until ``required`` of them were short again.
final class Pace: Sendable {
    /// What is short: less than the change of threads that it saves.
    static let limit = Duration.microseconds(50)
    /// How many calls in a row have to be short.
    static let required = 32

    private let shortCalls = Atomic<Int>(0)
    private let callers = Atomic<Int>(0)

    /// Takes the connection, if it is free and the last calls were short. Who got true has to ``leave()``.
    func enterOnTheSpot() -> Bool {
        shortCalls.load(ordering: .relaxed) >= Self.required
            && callers.compareExchange(expected: 0, desired: 1, ordering: .acquiringAndReleasing).exchanged
    }

    /// Waits in line for the connection. Who entered has to ``leave()``.
    func enter() { callers.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// Is done with the connection.
    func leave() { callers.wrappingSubtract(1, ordering: .acquiringAndReleasing) }

    /// Notes how long a call took, without waiting in line.
    func took(_ duration: Duration) {
        if duration < Self.limit {
            shortCalls.wrappingAdd(1, ordering: .relaxed)
        } else {
            shortCalls.store(0, ordering: .relaxed)
        }
    }
}
