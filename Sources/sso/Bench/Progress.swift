import Foundation

/// Says on standard error what runs now: on one line that changes in a terminal, else a line for each step.
final class Progress {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let command: String
    private var section = ""
    private var lastTime = ContinuousClock.now

    init(_ command: String = "bench") {
        self.command = command
    }

    func begin(_ section: String) {
        self.section = section
        lastTime = .now - .seconds(60)
        tell("begins")
    }

    func tell(_ step: String) {
        // Steps may be short: a line that nobody can read, or a log full of them, helps nobody.
        guard lastTime + (isTerminal ? .milliseconds(100) : .seconds(1)) <= .now else { return }
        lastTime = .now
        let line = "\(command): \(section): \(step)"
        write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
    }

    /// Takes the line away.
    func end() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
