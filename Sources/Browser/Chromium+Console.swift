import Harness

extension Chromium {
    /// A line of the browser's console.
    public struct ConsoleMessage: Sendable, Equatable, CustomStringConvertible {
        /// `DEBUG`, `INFO`, `WARNING` or `SEVERE`.
        public let level: String
        /// What it says; where it comes from a page, its address first.
        public let text: String

        /// Both.
        public var description: String { "\(level): \(text)" }
    }

    /// Takes out what the console has got since it was last looked at. The driver has a command of its own for it,
    /// since WebDriver has none.
    public func takeConsole() async throws -> [ConsoleMessage] {
        (try await wire.send("POST", "/se/log", ["type": "browser"]).array ?? []).map {
            ConsoleMessage(level: $0["level"]?.string ?? "", text: $0["message"]?.string ?? "")
        }
    }
}
