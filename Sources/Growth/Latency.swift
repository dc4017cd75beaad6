import Foundation
import Statistics

/// How long a message is under way: log-normal, as of networks that are mostly quick and sometimes not. If both numbers are
/// the same, it is always that one.
public struct Latency: Sendable, Equatable {
    /// Seconds that half of all messages do not exceed.
    public let median: Double
    /// Seconds that 99 of 100 do not exceed; not less than the median.
    public let p99: Double

    /// The 99th percentile of the standard normal distribution.
    private static let normalP99 = 2.326_347_874_040_841

    /// A distribution by two of its percentiles, in seconds.
    public init(median: Double, p99: Double) {
        self.median = median
        self.p99 = max(median, p99)
    }

    /// Seconds, at random.
    func draw(_ random: inout SeededGenerator) -> Double {
        guard p99 > median, median > 0 else { return median }
        // Box and Muller; 1 less a number below 1 is never 0.
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &random))).squareRoot()
        let normal = radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
        return median * exp(normal * log(p99 / median) / Self.normalP99)
    }
}
