import Foundation
import Soak
import Statistics

/// Tells how a long run goes, and what came of it.
struct SoakTable {
    private static let aims = [
        "kills of PostgreSQL": "aim for an hour: at least 50", "cuts": "aim for an hour: at least 100",
    ]

    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// One line: in a terminal it takes the place of the one before; in a log there is one now and then.
    func tell(_ state: LongRun.State, of seconds: Double) {
        let servers = state.footprints.map {
            "\($0.server) \($0.footprint.memory / 1024) MiB \($0.footprint.descriptors) fds"
        }
        let line =
            "soak: \(time(state.seconds)) of \(time(seconds)), \(state.figures.operations) operations, "
            + "\(state.figures.kills) kills, \(state.violations.count) violations, \(servers.joined(separator: ", "))"
        guard isTerminal || state.rounds.isMultiple(of: 10) || state.rounds == 1 else { return }
        try? FileHandle.standardError.write(contentsOf: Data((isTerminal ? "\r\u{1B}[K\(line)" : line + "\n").utf8))
    }

    /// The figures, each server's longest life, and what went wrong.
    func show(_ end: LongRun.State) {
        if isTerminal { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8)) }
        row("time", time(end.seconds))
        row("operations", "\(end.figures.operations)")
        for figure in end.figures.rows {
            row("  \(figure.name)", "\(figure.number)" + (Self.aims[figure.name].map { " (\($0))" } ?? ""))
        }
        if end.figures.catchUps.count > 0 {
            let seconds = { (nanoseconds: Int) in String(format: "%.3f s", Double(nanoseconds) / 1e9) }
            row(
                "  caught up after a cut, p99",
                "\(seconds(end.figures.catchUps.value(atPerMille: 990))), at most \(seconds(end.figures.catchUps.maximum)), "
                    + "of \(end.figures.catchUps.count) (aim: under 1 s)")
        }
        for life in end.lives {
            row(
                "\(life.server), \(time(life.seconds)) in one life",
                "\(life.warm.memory) to \(life.last.memory) KiB (\(percent(life.growth))), "
                    + "\(life.warm.descriptors) to \(life.last.descriptors) descriptors")
        }
        row("violations", "\(end.violations.count)")
        for violation in end.violations.prefix(20) { print("  \(violation)") }
    }

    private func row(_ name: String, _ value: String) {
        print(name.padding(toLength: 36, withPad: " ", startingAt: 0) + value)
    }

    private func percent(_ fraction: Double) -> String {
        fraction.formatted(.percent.precision(.fractionLength(1)).sign(strategy: .always()))
    }

    private func time(_ seconds: Double) -> String {
        Duration.seconds(seconds).formatted(.time(pattern: .minuteSecond))
    }
}
