public import Harness

/// What the window in front pretends to be. WebDriver has no words for it, so it is said in the Chrome DevTools
/// Protocol, which the driver passes on.
extension Chromium {
    /// Whether the reader likes light pages or dark ones.
    public enum ColorScheme: String, Sendable, CaseIterable {
        /// Dark on light.
        case light
        /// Light on dark.
        case dark
    }

    /// Gives the page that many CSS pixels. A window of Chromium's cannot be as narrow as a telephone
    /// (`Emulation.setDeviceMetricsOverride`).
    public func setViewport(width: Int, height: Int) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            ["width": .integer(width), "height": .integer(height), "deviceScaleFactor": 1, "mobile": false])
    }

    /// Says what the reader likes, to pages that ask by `prefers-color-scheme` (`Emulation.setEmulatedMedia`).
    public func setColorScheme(_ scheme: ColorScheme) async throws {
        try await devTools(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": .string(scheme.rawValue)]]])
    }

    /// Allows or forbids the scripts of pages, from the next page on (`Emulation.setScriptExecutionDisabled`).
    public func setScripts(allowed: Bool) async throws {
        try await devTools("Emulation.setScriptExecutionDisabled", ["value": .bool(!allowed)])
    }

    /// Sends a command of the Chrome DevTools Protocol to the window in front and gives its result.
    @discardableResult
    public func devTools(_ command: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        try await wire.send("POST", "/goog/cdp/execute", ["cmd": .string(command), "params": parameters])
    }
}
