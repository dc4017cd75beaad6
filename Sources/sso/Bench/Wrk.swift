import Foundation
import Harness

/// `wrk`, which asks a server for the same again and again on many connections.
struct Wrk {
    /// What a run told.
    struct Outcome {
        /// Answers, good or not.
        let requests: Double
        let requestsPerSecond: Double
        /// What 99 of 100 requests took at most, in milliseconds.
        let p99: Double
        /// Answers that were not good, and requests without an answer.
        let failed: Double
        /// All that it printed.
        let text: String
    }

    private let path: String

    /// Nil if it is not installed.
    init?() {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        let paths = folders.map { "\($0)/wrk" }
        guard let path = paths.first(where: FileManager.default.isExecutableFile) else { return nil }
        self.path = path
    }

    /// Asks for a URL on `connections` connections for `seconds`.
    ///
    /// - Parameters:
    ///   - script: decides what a good answer is.
    ///   - counting: whether failures are what is measured.
    /// - Throws: ``Failure`` if a request failed, unless they are counted or there is a script.
    func run(
        _ url: String, connections: Int = 32, seconds: Int, headers: [String] = [], script: String? = nil,
        counting: Bool = false
    ) async throws -> Outcome {
        let arguments =
            ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency"] + headers.flatMap { ["-H", $0] }
            + (script.map { ["-s", $0] } ?? []) + [url]
        let text = try await checkedRun(path, arguments).standardOutput
        guard let rate = Self.number(after: "Requests/sec:", in: text), rate > 0,
            let p99 = Self.milliseconds(after: "99%", in: text),
            let requests = Self.number(before: " requests in ", in: text)
        else { throw Failure("wrk said something else than expected: \(text)", hint: "wrk 4.1 is known to work") }
        let failed = Self.failures(in: text)
        if script == nil, !counting, failed > 0 {
            throw Failure("\(url) gave answers that are not good: \(text)", hint: "ask it with curl to see why")
        }
        return Outcome(requests: requests, requestsPerSecond: rate, p99: p99, failed: failed, text: text)
    }

    /// Of `Non-2xx or 3xx responses: 7` and `Socket errors: connect 0, read 5, write 0, timeout 2`, which stand there if
    /// there were any.
    static func failures(in text: String) -> Double {
        text.split(separator: "\n").filter { $0.contains("Non-2xx or 3xx responses") || $0.contains("Socket errors") }
            .flatMap { $0.drop { $0 != ":" }.split { !$0.isNumber } }
            .compactMap { Double($0) }.reduce(0, +)
    }

    /// The number behind a word that begins a line.
    static func number(after mark: String, in text: String) -> Double? {
        word(after: mark, in: text).flatMap { Double($0) }
    }

    private static func number(before mark: String, in text: String) -> Double? {
        let line = text.split(separator: "\n").first { $0.contains(mark) }
        return line?.split(separator: " ").first.flatMap { Double($0) }
    }

    private static func milliseconds(after mark: String, in text: String) -> Double? {
        guard let word = word(after: mark, in: text) else { return nil }
        let units = [("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)]
        guard let (unit, factor) = units.first(where: { word.hasSuffix($0.0) }) else { return nil }
        return Double(word.dropLast(unit.count)).map { $0 * factor }
    }

    private static func word(after mark: String, in text: String) -> Substring? {
        let line = text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(mark) }
        guard let words = line?.split(separator: " "), words.count > 1 else { return nil }
        return words[1]
    }
}
