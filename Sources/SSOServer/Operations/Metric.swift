import CoreMetrics
import Synchronization

/// One metric as Prometheus shows it.
protocol Metric: AnyObject, Sendable {
    static var typeName: String { get }
    var samples: [Sample] { get }
}

/// One line of a metric: what follows its name, one more label, and the value.
struct Sample {
    var suffix = ""
    var label = ""
    let value: String
}

final class CounterMetric: Metric, CounterHandler {
    static let typeName = "counter"
    private let value = Atomic<Int64>(0)

    var samples: [Sample] { [Sample(value: "\(value.load(ordering: .relaxed))")] }

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }
}

final class SumMetric: Metric, FloatingPointCounterHandler {
    static let typeName = "counter"
    private let value = Mutex(0.0)

    var samples: [Sample] { [Sample(value: "\(value.withLock { $0 })")] }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func reset() { value.withLock { $0 = 0 } }
}

final class GaugeMetric: Metric, MeterHandler {
    static let typeName = "gauge"
    private let value = Mutex(0.0)

    var samples: [Sample] { [Sample(value: "\(value.withLock { $0 })")] }

    func set(_ value: Int64) { self.value.withLock { $0 = Double(value) } }

    func set(_ value: Double) { self.value.withLock { $0 = value } }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
}

/// Durations in seconds, or other values, by buckets that fit an HTTP server: 0.1 ms to 10 s.
final class HistogramMetric: Metric, TimerHandler, RecorderHandler {
    static let typeName = "histogram"
    private static let bounds = [0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]

    private struct State {
        var counts = [Int](repeating: 0, count: HistogramMetric.bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    var samples: [Sample] {
        let state = state.withLock { $0 }
        var total = 0
        var samples: [Sample] = []
        for (index, bound) in (Self.bounds.map { "\($0)" } + ["+Inf"]).enumerated() {
            total += state.counts[index]
            samples.append(Sample(suffix: "_bucket", label: "le=\"\(bound)\"", value: "\(total)"))
        }
        samples.append(Sample(suffix: "_sum", value: "\(state.sum)"))
        samples.append(Sample(suffix: "_count", value: "\(total)"))
        return samples
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }
}
