import Foundation
import Load
import Statistics

/// Says on standard error how it goes, each second: on one line that changes in a terminal, else a line each time.
struct LoadProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let seconds: Double

    init(seconds: Double) {
        self.seconds = seconds
    }

    func tell(_ progress: LoadProgress) {
        switch progress {
        case .signedIn(let count, let all):
            say("load: \(count) of \(all) visitors are signed in")
        case .second(let second):
            let p99 = second.latency.count > 0 ? milliseconds(second.latency.value(atPerMille: 990)) + " ms" : "–"
            say(
                "load: \(Int(second.seconds)) of \(decimal(seconds)) s, \(second.answered) answered, "
                    + "\(second.failed) failed, \(second.open) open, p99 \(p99) in this second")
        }
    }

    /// Takes the line away.
    func end() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func say(_ line: String) { write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n") }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}

/// Nanoseconds as milliseconds, with as many digits as tell something.
func milliseconds(_ nanoseconds: Int) -> String { decimal(Double(nanoseconds) / 1e6) }
