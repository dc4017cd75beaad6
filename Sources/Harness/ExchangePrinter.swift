public import Curl
import Foundation

/// Shows an exchange to a reader at a terminal: who asked what, and what came back.
///
/// Only the headers that matter here are shown, and of a page one sentence. Tokens are cut short and passwords are
/// blanked, always.
public struct ExchangePrinter: Sendable {
    /// Whether to colour what is printed.
    public var color: Bool
    /// The longest body shown, in lines.
    public var bodyLines = 8

    private static let requestHeaders = ["Host", "Cookie", "Authorization", "Content-Type", "Origin", "Sec-Fetch-Site"]
    private static let responseHeaders = [
        "Set-Cookie", "Location", "Server-Timing", "WWW-Authenticate", "Content-Type",
    ]

    /// Makes a printer.
    ///
    /// - Parameter color: By default only on a terminal, and not where `NO_COLOR` is set or `TERM` is `dumb`.
    public init(color: Bool = Self.terminalHasColor) {
        self.color = color
    }

    /// Whether standard output is a terminal whose user wants colour (https://no-color.org).
    public static var terminalHasColor: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Prints the exchange to standard output.
    public func print(_ exchange: Exchange, by visitor: Visitor) {
        Swift.print(text(of: exchange, by: visitor.name))
    }

    /// The lines that ``print(_:by:)`` prints, without the last line end.
    public func text(of exchange: Exchange, by name: String) -> String {
        let sent = exchange.sentHead.split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
        var lines = [paint(.bold, "\(name):") + " " + paint(.request, clean(sent.first ?? exchange.request.method))]
        lines += shown(sent.dropFirst().compactMap(Header.init(line:)), Self.requestHeaders, mark: "  > ")
        lines += bodyText(exchange.request.body ?? [], mark: "  > ")

        let milliseconds = String(format: "%.1f ms", exchange.timings.total * 1000)
        let status = paint(exchange.status < 400 ? .good : .bad, clean(exchange.statusLine))
        lines.append("  \(status) " + paint(.faint, "(\(milliseconds))"))
        lines += shown(exchange.headers, Self.responseHeaders, mark: "  < ")
        if exchange.header("Content-Type")?.hasPrefix("text/html") == true {
            lines += pageSentence(exchange.text).map { ["  < “\(clean($0))”"] } ?? []
        } else {
            lines += bodyText(exchange.body, mark: "  < ")
        }
        return lines.joined(separator: "\n")
    }

    private func shown(_ headers: [Header], _ names: [String], mark: String) -> [String] {
        headers.filter { header in names.contains { header.isNamed($0) } }.map { header in
            let value =
                switch header.name.lowercased() {
                case "authorization": Masking.maskedCredentials(header.value)
                case "cookie", "set-cookie": Masking.maskedCookies(header.value)
                default: header.value
                }
            return mark + paint(.faint, "\(header.name):") + " " + clean(value)
        }
    }

    private func bodyText(_ body: [UInt8], mark: String) -> [String] {
        // Masked as a whole: cut into lines first, a secret could lose what it is known by.
        let lines = clean(String(decoding: body, as: UTF8.self)).split(whereSeparator: \.isNewline)
        let shown = lines.prefix(bodyLines).map { mark + ($0.count > 200 ? $0.prefix(200) + "…" : $0) }
        let rest = lines.count - shown.count
        return shown + (rest > 0 ? [mark + paint(.faint, "… \(rest) more lines")] : [])
    }

    /// Without secrets, and without what could move the cursor or recolour the screen.
    private func clean(_ text: String) -> String {
        let visible = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
                ? (scalar == "\r" ? " " : "\u{FFFD}") : scalar
        }
        return Masking.masked(String(String.UnicodeScalarView(visible)))
    }

    private enum Style: String {
        case bold = "1"
        case faint = "2"
        case request = "36"
        case good = "32"
        case bad = "31"
    }

    private func paint(_ style: Style, _ text: String) -> String {
        color ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension Header {
    /// Reads a header line as it was sent.
    fileprivate init?(line: String) {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        self.init(
            String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
}
