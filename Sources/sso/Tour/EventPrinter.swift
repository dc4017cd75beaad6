import Curl
import Foundation
import Harness

/// What the demo prints: chapters, exchanges, and whether each was as told.
final class Script {
    private let printer = ExchangePrinter()
    private var failures = 0
    private var expectations = 0

    func chapter(_ title: String) {
        say(style("1;4", title))
    }

    func say(_ text: String) {
        print("\n\(text)")
        // All streams: what is told must be seen while it happens, in a pipe too.
        fflush(nil)
    }

    /// Prints an exchange; of a page, the sentence that says who is signed in.
    @discardableResult
    func show(_ exchange: Exchange, by visitor: Visitor) -> Exchange {
        var printer = printer
        let isPage = exchange.header("Content-Type")?.hasPrefix("text/html") == true
        if isPage { printer.bodyLines = 0 }
        print(
            printer.text(of: exchange, by: visitor.name).split(separator: "\n")
                .filter { !isPage || !$0.contains("more lines") }.joined(separator: "\n"))
        if isPage, let line = exchange.text.split(separator: "\n").first(where: { $0.contains("Signed in as") }) {
            print("  < “\(withoutTags(line))”")
        }
        return exchange
    }

    func expect(_ sentence: String, _ isTrue: Bool) {
        expectations += 1
        if !isTrue { failures += 1 }
        print("  \(isTrue ? style("32", "✓") : style("31", "✗ NOT SO:")) \(sentence)")
    }

    /// - Returns: whether everything was as told.
    func finish() -> Bool {
        let held = expectations - failures
        print(
            "\n\(style("1", "\(held) of \(expectations) expectations held.\(failures == 0 ? "" : " Something is wrong.")"))"
        )
        return failures == 0
    }

    private func style(_ code: String, _ text: String) -> String {
        printer.color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private func withoutTags(_ html: Substring) -> String {
        var text = ""
        var isTag = false
        for character in html {
            if character == "<" {
                isTag = true
            } else if character == ">" {
                isTag = false
            } else if !isTag {
                text.append(character)
            }
        }
        return text
    }
}
