import Foundation
import Statistics

/// What was measured with one server, with two and so on, as a Markdown table with a column for each.
struct GrowthTable {
    let figures: [ReplicaFigures]
    let rate: Double

    var text: String {
        let numbers = figures.map { "\($0.servers)" }
        var rows = [row("servers", numbers), "| --- |" + numbers.map { _ in " ---: |" }.joined()]
        rows.append(row("requests of the mix a second, of \(decimal(rate)) for each server") { decimal($0.answered) })
        rows.append(row("p50 of these") { milliseconds($0.latency.value(atPerMille: 500)) + " ms" })
        rows.append(row("p99 of these") { milliseconds($0.latency.value(atPerMille: 990)) + " ms" })
        for work in Work.allCases {
            rows.append(ratios("servers' processor time of a \(work.rawValue)", work, \.servers))
        }
        for work in Work.allCases where work != .check {
            rows.append(ratios("PostgreSQL's processor time of a \(work.rawValue)", work, \.database))
        }
        for work in Work.allCases {
            rows.append(row("statements of a \(work.rawValue)") { count($0.costs[work]?.told ?? 0) })
        }
        for work in Work.allCases where work != .check {
            rows.append(
                row("statements at PostgreSQL of a \(work.rawValue)") { count($0.costs[work]?.usage.statements ?? 0) })
        }
        for work in Work.allCases where work != .check {
            rows.append(row("of these, writes of a \(work.rawValue)") { count($0.costs[work]?.usage.writes ?? 0) })
        }
        let each = { (figures: ReplicaFigures) in figures.atRest / Double(figures.servers) }
        rows.append(row("at rest, processor time of a server in a second") { time(each($0).servers) })
        rows.append(row("at rest, PostgreSQL's for a server in a second") { time(each($0).database) })
        rows.append(row("at rest, statements for a server in a second") { count(each($0).statements) })
        return rows.joined(separator: "\n")
    }

    /// What has to be known of the figures.
    var note: String {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        return """
            Each server gets as many requests, however many there are. Processor times of requests are without those at rest; \
            in brackets, how many times that of one server. All servers, PostgreSQL and who asks share the \(processors) \
            processors of this machine, so beyond these more servers cannot answer more here: what counts is that a request \
            costs the same. Password hashes cost next to nothing here, and PostgreSQL's vacuum is off. Statements of a request \
            are those that its server tells of; those at PostgreSQL are counted there, with what begins and ends transactions \
            and what each server reads of the revocation feed.
            """
    }

    private func row(_ name: String, _ cells: [String]) -> String { "| \(name) | \(cells.joined(separator: " | ")) |" }

    private func row(_ name: String, _ cell: (ReplicaFigures) -> String) -> String { row(name, figures.map(cell)) }

    /// Times, with how many times that of the first column each is.
    private func ratios(_ name: String, _ work: Work, _ path: KeyPath<Usage, Double>) -> String {
        let times = figures.map { $0.costs[work]?.usage[keyPath: path] ?? 0 }
        return row(
            name,
            times.enumerated().map { index, value in
                index == 0 || times[0] <= 0 ? time(value) : "\(time(value)) (\(decimal(value / times[0])))"
            })
    }

    private func time(_ seconds: Double) -> String { decimal(seconds * 1e6) + " µs" }

    /// With two digits after the point: what is counted by requests is mostly whole.
    private func count(_ value: Double) -> String { decimal((value * 100).rounded() / 100) }
}
