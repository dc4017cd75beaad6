import Course
import Foundation
import Harness

/// Prints what happens in a story: sentences, exchanges, and whether each was as told.
struct EventPrinter: Sendable {
    private let exchanges = ExchangePrinter()

    /// The longest line of running text, in characters.
    private static let width = 100

    func title(_ text: String) {
        say(style("1;4", text))
    }

    func say(_ text: String) {
        show("\n" + Self.wrapped(text))
    }

    /// An empty line.
    func gap() {
        show("")
    }

    /// A heading above some paragraphs.
    func heading(_ text: String) {
        show("\n" + style("1", text))
    }

    /// A part of a paragraph, or of a list.
    func indented(_ text: String) {
        show(Self.wrapped(text, indent: "  "))
    }

    func command(_ text: String) {
        show("    " + style("36", text))
    }

    /// A line that waits for the reader.
    func prompt(_ text: String) {
        show("\n" + style("2", text))
    }

    func print(_ event: Event) {
        switch event {
        case .said(let sentence): say(sentence)
        case .answered(let encounter): show(exchanges.text(of: encounter.exchange, by: encounter.visitor))
        case .unanswered(let visitor, _, let request, let reason):
            show("\(style("1", "\(visitor):")) \(style("36", request))\n  \(style("31", "no answer")): \(reason)")
        case .ran(let command, let output):
            show("\(style("1", "$")) \(style("36", command))\n" + output.indented(by: "  "))
        case .expected(let expectation) where expectation.holds:
            show("  \(style("32", "✓")) \(expectation.sentence)")
        case .expected(let expectation):
            show("  \(style("31", "✗ NOT SO:")) \(expectation.sentence)\n    seen: \(expectation.seen)")
        case .listed(let title, let lines):
            show("  \(style("2", "\(title):"))\n" + lines.joined(separator: "\n").indented(by: "    "))
        case .tabulated(let table): self.table(table)
        case .brokeOff(let reason): show("  \(style("31", "✗ BROKE OFF:")) \(reason)")
        }
    }

    /// How many expectations held: of one lesson, or of all.
    func verdict(held: Int, of all: Int) {
        let rest = held == all ? "" : " Something is wrong."
        show("\n" + style(held == all ? "1" : "1;31", "\(held) of \(all) expectations held.\(rest)"))
    }

    func table(_ table: Table) {
        show("  " + style("2", "\(table.title):"))
        let rows = [table.columns] + table.rows
        let widths = table.columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for (index, row) in rows.enumerated() {
            let padded = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let cells = padded + row.suffix(1)
            let line = "    " + cells.joined(separator: "   ")
            show(index == 0 ? style("1", line) : line)
        }
    }

    func show(_ text: String) {
        Swift.print(text)
        // All streams: what is told must be seen while it happens, in a pipe too.
        fflush(nil)
    }

    func style(_ code: String, _ text: String) -> String {
        exchanges.color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private static func wrapped(_ text: String, indent: String = "") -> String {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count > indent.count, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
            }
            line += (line.count > indent.count ? " " : "") + word
        }
        return (lines + [line]).joined(separator: "\n")
    }
}

extension String {
    fileprivate func indented(by indent: String) -> String {
        split(separator: "\n").map { indent + $0 }.joined(separator: "\n")
    }
}
