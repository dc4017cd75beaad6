/// Counts whole numbers, such as nanoseconds, in buckets that grow with them: any percentile can be told afterwards, in a
/// few kilobytes, however many numbers there were (the idea is Gil Tene's HdrHistogram).
///
/// Every power of two has 128 buckets of one width. So numbers below 256 are counted exactly, and above, a percentile is
/// never less than the true one and at most ``relativeError`` more. Count, sum, least and greatest are exact.
public struct Histogram: Sendable, Equatable {
    /// By how much a percentile may be too high, as a share of the true one: 1 in 128.
    public static let relativeError = 1.0 / Double(bucketsPerOctave)

    private static let bits = 7
    private static let bucketsPerOctave = 1 << bits

    private var counts: [Int] = []
    /// How many numbers were counted.
    public private(set) var count = 0
    /// The least number; 0 if there is none.
    public private(set) var minimum = 0
    /// The greatest number; 0 if there is none.
    public private(set) var maximum = 0
    private var sum = 0.0

    /// Nothing counted yet.
    public init() {}

    /// The mean; 0 if there is no number.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// Counts a number. What is below 0 counts as 0.
    public mutating func record(_ number: Int) {
        let number = max(0, number)
        let index = Self.bucket(of: number)
        // Only as many buckets as the greatest number needs: at most 7,296.
        if index >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: index + 1 - counts.count))
        }
        counts[index] += 1
        minimum = count == 0 ? number : min(minimum, number)
        maximum = max(maximum, number)
        sum += Double(number)
        count += 1
    }

    /// The number that so many of a thousand do not exceed: 500 gives the median, 999 what is called p99.9.
    ///
    /// It is the nearest-rank percentile, in whole numbers so that no rank is missed by rounding: 0 of nothing, the least
    /// number for 0 or less, the greatest for 1,000 or more.
    public func value(atPerMille perMille: Int) -> Int {
        guard count > 0, perMille > 0 else { return minimum }
        guard perMille < 1000 else { return maximum }
        // Divided first, so that no count is too great for the product.
        let (thousands, rest) = count.quotientAndRemainder(dividingBy: 1000)
        let rank = max(1, thousands * perMille + (rest * perMille + 999) / 1000)
        var seen = 0
        for (index, count) in counts.enumerated() where count > 0 {
            seen += count
            if seen >= rank { return min(maximum, Self.greatest(in: index)) }
        }
        return maximum
    }

    /// Adds all that another has counted.
    public mutating func merge(_ other: Histogram) {
        guard other.count > 0 else { return }
        minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        sum += other.sum
        count += other.count
        if other.counts.count > counts.count {
            counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
        }
        for (index, more) in other.counts.enumerated() { counts[index] += more }
    }

    /// Numbers that have `bits` binary digits after the first share a bucket with those that differ in later digits only.
    private static func bucket(of number: Int) -> Int {
        let digits = Int.bitWidth - number.leadingZeroBitCount
        let shift = max(0, digits - bits - 1)
        return shift << bits + number >> shift
    }

    private static func greatest(in bucket: Int) -> Int {
        let shift = max(0, bucket >> bits - 1)
        // Of the very last bucket, the next one's beginning would be too great for an Int.
        return Int(truncatingIfNeeded: (UInt(bucket - shift << bits) + 1) << UInt(shift) - 1)
    }
}
