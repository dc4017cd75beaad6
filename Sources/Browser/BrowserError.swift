/// Why a browser did not do what it was asked.
public struct BrowserError: Error, Sendable, CustomStringConvertible {
    /// What WebDriver calls it, such as `no such element` (W3C WebDriver, “Errors”); nil if no driver answered.
    public let code: String?
    /// What went wrong, in lowercase.
    public let cause: String
    /// What may help, or nil.
    public let hint: String?

    init(code: String? = nil, _ cause: String, hint: String? = nil) {
        self.code = code
        self.cause = cause
        self.hint = hint
    }

    /// The cause and, where there is one, the hint.
    public var description: String { cause + (hint.map { "; \($0)" } ?? "") }
}

extension BrowserError {
    /// An error that the driver answered.
    ///
    /// - Parameter command: What was asked, for the reader.
    init(code: String, message: String, command: String) {
        // The driver's message goes on with its version and a stack of addresses, which tell nothing.
        let firstLine = message.split(separator: "\n").first.map(String.init) ?? ""
        self.init(code: code, "\(command): \(firstLine.isEmpty ? code : firstLine)", hint: Self.hints[code])
    }

    private static let hints = [
        "element click intercepted": "something lies over it",
        "element not interactable": "it is hidden, or cannot be typed into",
        "no such element": "no element of the page in front matches",
        "no such window": "that tab or window was closed; switch to another",
        "invalid session id": "the browser was closed, or has crashed",
        "session not created": "chromium and chromium-driver have to be of one version",
        "stale element reference": "the page has changed since it was found; find it again",
        "timeout": "the page or the script took too long",
    ]
}
