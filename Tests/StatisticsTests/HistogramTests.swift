import Testing

@testable import Statistics

@Suite("Histogram")
struct HistogramTests {
    private static let perMilles = [1, 10, 250, 500, 900, 990, 999]

    /// The nearest-rank percentile of sorted numbers, by its definition.
    private func exact(_ sorted: [Int], _ perMille: Int) -> Int {
        let rank = (sorted.count * perMille + 999) / 1000
        return sorted[max(1, rank) - 1]
    }

    private func histogram(_ numbers: [Int]) -> Histogram {
        var histogram = Histogram()
        for number in numbers { histogram.record(number) }
        return histogram
    }

    @Test("Of nothing, everything is 0")
    func empty() {
        let histogram = Histogram()
        #expect(histogram.count == 0 && histogram.minimum == 0 && histogram.maximum == 0 && histogram.mean == 0)
        for perMille in [-1, 0, 500, 1000, 2000] { #expect(histogram.value(atPerMille: perMille) == 0) }
    }

    @Test("One number is every percentile, however great", arguments: [0, 1, 127, 128, 255, 256, 1_000_003, .max])
    func one(_ number: Int) {
        let histogram = histogram([number])
        for perMille in [0, 1, 500, 999, 1000] { #expect(histogram.value(atPerMille: perMille) == number) }
        #expect(histogram.minimum == number && histogram.maximum == number && histogram.mean == Double(number))
    }

    @Test("Numbers below 256 are counted exactly")
    func small() {
        let numbers = Array(0..<256)
        let histogram = histogram(numbers.shuffled())
        for perMille in 1...999 { #expect(histogram.value(atPerMille: perMille) == exact(numbers, perMille)) }
        #expect(histogram.mean == 127.5)
    }

    @Test("No rank is missed by rounding: of a thousand numbers, 999 of a thousand are the second greatest")
    func ranks() {
        let histogram = histogram(Array(repeating: 1, count: 998) + [2, 3])
        #expect(histogram.value(atPerMille: 998) == 1)
        #expect(histogram.value(atPerMille: 999) == 2)
        #expect(histogram.value(atPerMille: 1000) == 3)
    }

    @Test("A percentile is never below the true one, and at most 1 in 128 above it", arguments: 0..<8 as Range<UInt64>)
    func error(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: 0)
        // Evenly over the powers of two, so that great and small ones come.
        let numbers = (0..<5_000).map { _ in Int.random(in: 0...Int.max, using: &random) >> Int.random(in: 0..<63) }
        let histogram = histogram(numbers)
        let sorted = numbers.sorted()
        for perMille in Self.perMilles {
            let (found, right) = (histogram.value(atPerMille: perMille), exact(sorted, perMille))
            #expect(found >= right)
            #expect(Double(found - right) <= Double(right) * Histogram.relativeError)
        }
        #expect(histogram.minimum == sorted.first && histogram.maximum == sorted.last)
        #expect(histogram.value(atPerMille: 0) == sorted.first && histogram.value(atPerMille: 1000) == sorted.last)
    }

    @Test("At each power of two, the number before, itself and the one after keep within the error")
    func borders() {
        for exponent in 1...62 {
            for number in [1 << exponent - 1, 1 << exponent, 1 << exponent + 1] {
                // The greatest number stands above, so that it does not cut the answer off.
                let found = histogram([number, .max]).value(atPerMille: 500)
                #expect(found >= number && Double(found - number) <= Double(number) * Histogram.relativeError)
            }
        }
    }

    @Test("What is below 0, as where a clock was set back, counts as 0")
    func negative() {
        let histogram = histogram([-5, .min])
        #expect(histogram.count == 2 && histogram.minimum == 0 && histogram.maximum == 0)
    }

    @Test("Two that are merged are as one that has counted everything, in either order")
    func merged() {
        let (few, many) = ([3, 70_000], Array(stride(from: 5, to: 9_000_000, by: 777)))
        for (first, second) in [(few, many), (many, few), ([], many), (many, [])] {
            var merged = histogram(first)
            merged.merge(histogram(second))
            #expect(merged == histogram(first + second))
        }
    }
}
