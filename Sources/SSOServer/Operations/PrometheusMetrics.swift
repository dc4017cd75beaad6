import CoreMetrics
import Synchronization

/// Keeps what the program counts and measures through swift-metrics, and shows it in Prometheus' text format
/// (version 0.0.4). Timers and recorders become histograms.
final class PrometheusMetrics: MetricsFactory {
    private struct Key: Hashable {
        let name: String
        let labels: String
    }

    private struct State {
        var metrics: [Key: any Metric] = [:]
        /// What kind of metric each name is.
        var types: [String: String] = [:]
    }

    private let state = Mutex(State())

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(label, dimensions, CounterMetric())
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        metric(label, dimensions, SumMetric())
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(label, dimensions, GaugeMetric())
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        metric(label, dimensions, HistogramMetric())
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(label, dimensions, HistogramMetric())
    }

    // A name that was once seen stays: scrapers dislike counters that vanish.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// All metrics in the text format.
    var text: String {
        let sorted = state.withLock { Array($0.metrics) }.sorted {
            ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels)
        }
        var text = ""
        var lastName = ""
        for (key, metric) in sorted {
            if key.name != lastName { text += "# TYPE \(key.name) \(type(of: metric).typeName)\n" }
            lastName = key.name
            for sample in metric.samples {
                let labels = [key.labels, sample.label].filter { !$0.isEmpty }.joined(separator: ",")
                text += "\(key.name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)\n"
            }
        }
        return text
    }

    private func metric<M: Metric>(_ label: String, _ dimensions: [(String, String)], _ new: M) -> M {
        let labels = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return state.withLock { state in
            // One name is one kind of metric. Where it is not, the second is counted but not shown.
            guard state.types[label, default: M.typeName] == M.typeName else { return new }
            state.types[label] = M.typeName
            let key = Key(name: label, labels: labels)
            if let known = state.metrics[key] { return known as? M ?? new }
            state.metrics[key] = new
            return new
        }
    }

    /// By scalars: to Swift, a carriage return and a line feed are one character, which is no line feed.
    private static func escaped(_ value: String) -> String {
        value.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(scalar)
            }
        }.joined()
    }
}
