import CoreMetrics
import Testing

@testable import SSOServer

@Suite("Prometheus' text")
struct PrometheusMetricsTests {
    @Test("Without metrics there is no text")
    func empty() {
        #expect(PrometheusMetrics().text == "")
    }

    @Test("A counter counts, with its type once and a line for each set of labels")
    func counters() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "b_total", dimensions: [("x", "2")]).increment(by: 5)
        metrics.makeCounter(label: "b_total", dimensions: [("x", "1"), ("y", "z")]).increment(by: 1)
        let counter = metrics.makeCounter(label: "a_total", dimensions: [])
        counter.increment(by: 2)
        counter.increment(by: 3)
        metrics.makeCounter(label: "a_total", dimensions: []).increment(by: 4)
        #expect(
            metrics.text == """
                # TYPE a_total counter
                a_total 9
                # TYPE b_total counter
                b_total{x="1",y="z"} 1
                b_total{x="2"} 5

                """)
        counter.reset()
        #expect(metrics.text.hasPrefix("# TYPE a_total counter\na_total 0\n"))
    }

    @Test("A gauge shows its last value, a floating-point counter its sum")
    func gauges() {
        let metrics = PrometheusMetrics()
        let gauge = metrics.makeMeter(label: "gauge", dimensions: [])
        gauge.set(Int64(7))
        gauge.set(2.5)
        gauge.increment(by: 1)
        gauge.decrement(by: 0.5)
        let sum = metrics.makeFloatingPointCounter(label: "sum", dimensions: [])
        sum.increment(by: 0.5)
        sum.increment(by: 0.25)
        #expect(metrics.text == "# TYPE gauge gauge\ngauge 3.0\n# TYPE sum counter\nsum 0.75\n")
    }

    @Test("A name that was seen stays")
    func destroyed() {
        let metrics = PrometheusMetrics()
        let counter = metrics.makeCounter(label: "a_total", dimensions: [])
        counter.increment(by: 3)
        metrics.destroyCounter(counter)
        #expect(metrics.text == "# TYPE a_total counter\na_total 3\n")
    }

    @Test("A timer becomes a histogram of seconds, whose buckets add up")
    func histogram() throws {
        let metrics = PrometheusMetrics()
        let timer = metrics.makeTimer(label: "t_seconds", dimensions: [("path", "/")])
        for nanoseconds: Int64 in [0, 100_000, 100_001, 2_000_000, 1_000_000_000, 10_000_000_000, 10_000_000_001] {
            timer.recordNanoseconds(nanoseconds)
        }
        let lines = metrics.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE t_seconds histogram")
        let expected = [
            ("0.0001", 2), ("0.0003", 3), ("0.001", 3), ("0.003", 4), ("0.01", 4), ("0.03", 4), ("0.1", 4), ("0.3", 4),
            ("1.0", 5), ("3.0", 5), ("10.0", 6), ("+Inf", 7),
        ]
        #expect(lines.dropFirst().prefix(12) == expected.map { #"t_seconds_bucket{path="/",le="\#($0)"} \#($1)"# }[...])
        #expect(lines.last == #"t_seconds_count{path="/"} 7"#)
        let sum = try #require(
            lines.first { $0.hasPrefix("t_seconds_sum") }?.split(separator: " ").last.flatMap { Double($0) })
        #expect(abs(sum - 21.002_200_002) < 1e-9)
        #expect(lines.count == 15)
    }

    @Test("A recorder's histogram has no label but its bucket's")
    func recorder() {
        let metrics = PrometheusMetrics()
        let recorder = metrics.makeRecorder(label: "r", dimensions: [], aggregate: true)
        recorder.record(Int64(2))
        recorder.record(0.5)
        let text = metrics.text
        #expect(text.contains("r_bucket{le=\"0.3\"} 0\nr_bucket{le=\"1.0\"} 1\nr_bucket{le=\"3.0\"} 2\n"))
        #expect(text.hasSuffix("r_bucket{le=\"+Inf\"} 2\nr_sum 2.5\nr_count 2\n"))
    }

    /// The text format has three escapes in a label's value: a backslash, a quote and a line feed. A line of the text
    /// that begins in a value would be a line of an attacker's.
    @Test(
        "A label's value is escaped",
        arguments: [
            ("a", "a"), ("\"", "\\\""), ("\\", "\\\\"), ("\n", "\\n"), ("a\\\"\nb", "a\\\\\\\"\\nb"), ("\\n", "\\\\n"),
            ("é 😀", "é 😀"), ("a\r\nb_total 1", "a\r\\nb_total 1"), ("\"\u{301}", "\\\"\u{301}"),
            ("\\\u{301}", "\\\\\u{301}"),
            ("\n\u{301}", "\\n\u{301}"), ("a\n\r\nb", "a\\n\r\\nb"),
        ])
    func escaping(value: String, escaped: String) {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "a_total", dimensions: [("x", value)]).increment(by: 1)
        #expect(Array(metrics.text.utf8) == Array("# TYPE a_total counter\na_total{x=\"\(escaped)\"} 1\n".utf8))
    }

    @Test("One name is one kind of metric: what is of another kind is counted, but not shown")
    func oneKind() {
        let same = PrometheusMetrics()
        same.makeCounter(label: "a", dimensions: []).increment(by: 1)
        same.makeTimer(label: "a", dimensions: []).recordNanoseconds(1)
        #expect(same.text == "# TYPE a counter\na 1\n")
        let other = PrometheusMetrics()
        other.makeCounter(label: "a", dimensions: [("x", "1")]).increment(by: 1)
        other.makeTimer(label: "a", dimensions: [("x", "2")]).recordNanoseconds(1)
        #expect(other.text == "# TYPE a counter\na{x=\"1\"} 1\n")
    }
}
