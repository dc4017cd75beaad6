import Foundation
import Load
import Statistics

/// What came of a load, for people, for programs and as a picture.
struct LoadReport: Encodable {
    struct Line: Encodable {
        let kind: Kind
        let sent: Int
        let answered: Int
        let failed: Int
        let failures: [String: Int]
        /// Percentiles of the latency in milliseconds, by their names; none if nothing was answered.
        let latency: [String: Double]
    }

    /// The percentiles that are told, of a thousand; the last is the greatest.
    static let percentiles = [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999), ("max", 1000)]

    let rate: Double
    let duration: Double
    let seed: UInt64
    let seconds: Double
    let sent: Int
    let answered: Int
    let failed: Int
    /// By how many milliseconds requests began late, 99 of 100 at most.
    let lateStart: Double
    let kinds: [Line]

    init(_ plan: LoadPlan, _ figures: LoadFigures, seed: UInt64) {
        rate = plan.rate
        duration = plan.seconds
        self.seed = seed
        seconds = figures.seconds
        (sent, answered, failed) = (figures.sent, figures.answered, figures.failed)
        lateStart = Double(figures.delay.value(atPerMille: 990)) / 1e6
        kinds = Kind.allCases.compactMap { kind in
            guard let one = figures.kinds[kind], one.sent > 0 else { return nil }
            let percentiles = Self.percentiles.map { ($0.0, Double(one.latency.value(atPerMille: $0.1)) / 1e6) }
            return Line(
                kind: kind, sent: one.sent, answered: one.answered, failed: one.failed, failures: one.failures,
                latency: one.answered == 0 ? [:] : Dictionary(uniqueKeysWithValues: percentiles))
        }
    }

    /// Everything, for programs.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// A row for each kind, for people; below, how requests failed, and what has to be known of the figures.
    var table: String {
        let names = Self.percentiles.map(\.0)
        var rows = [["", "sent", "answered", "failed"] + names]
        for line in kinds {
            rows.append(
                [line.kind.rawValue, "\(line.sent)", "\(line.answered)", "\(line.failed)"]
                    + names.map { line.latency[$0].map { decimal($0) } ?? "–" })
        }
        rows.append(["all", "\(sent)", "\(answered)", "\(failed)"] + names.map { _ in "" })
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { cells in
            zip(cells, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
        for line in kinds {
            for (reason, count) in line.failures.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("\(line.kind.rawValue) failed: \(count) × \(reason)")
            }
        }
        lines.append(
            "Milliseconds from when a request should have begun to its good answer; 99 of 100 began at most "
                + "\(decimal(lateStart)) ms late. \(decimal(rate)) requests a second, seed \(seed).")
        return lines.joined(separator: "\n")
    }
}
