/// A limit on how often something may happen: so many at once, and then one in so long. It is the generic cell rate
/// algorithm (ITU-T I.371), which needs one number for each thing that is limited, its **arrival time**: when it would
/// happen next if it happened as evenly as it may. What has none has not happened for a while.
///
/// It is pure: times come in as arguments, in whole milliseconds since 1970.
public struct GCRA: Sendable, Equatable {
    /// How many may happen at once, at least 1.
    public let burst: Int
    /// How long it takes until one more may, in milliseconds, at least 1. Nobody waits longer.
    public let interval: Int

    /// Upper bounds, so that no sum of a time and a limit overflows: a million, and a day.
    public static let maximum = (burst: 1_000_000, interval: 86_400_000)

    /// A limit. Numbers that are out of bounds are taken as the nearest that are not.
    public init(burst: Int, interval: Int) {
        self.burst = min(max(burst, 1), Self.maximum.burst)
        self.interval = min(max(interval, 1), Self.maximum.interval)
    }

    /// How long one has to wait, in milliseconds from 0 (it may happen now) to ``interval``.
    public func wait(_ arrival: Int?, at now: Int) -> Int {
        max(0, debt(arrival, at: now) - (burst - 1) * interval)
    }

    /// The arrival time after it has happened once more.
    public func adding(to arrival: Int?, at now: Int) -> Int {
        now + min(debt(arrival, at: now) + interval, burst * interval)
    }

    /// The arrival time after one of those that were added is taken back, as if it had not happened.
    public func removing(from arrival: Int?, at now: Int) -> Int {
        now + max(0, debt(arrival, at: now) - interval)
    }

    /// How far ahead of its even pace it is. At most a full burst: a clock that was set back makes nobody wait longer.
    private func debt(_ arrival: Int?, at now: Int) -> Int {
        guard let arrival, arrival > now else { return 0 }
        // A difference of two times of whatever sign need not fit.
        let (difference, overflows) = arrival.subtractingReportingOverflow(now)
        return overflows ? burst * interval : min(difference, burst * interval)
    }
}
