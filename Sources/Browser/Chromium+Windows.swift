import Harness

/// Several windows and tabs of one profile; all other commands go to the one in front.
extension Chromium {
    /// A window or a tab: WebDriver does not tell them apart.
    public struct Window: Sendable, Hashable {
        /// The name that the driver gave it.
        let handle: String
    }

    /// The one in front (W3C WebDriver, “Get Window Handle”).
    public var window: Window { get async throws { Window(handle: try await wire.string("GET", "/window")) } }

    /// All of them, in no order (“Get Window Handles”).
    public var windows: [Window] {
        get async throws {
            (try await wire.send("GET", "/window/handles").array ?? []).compactMap(\.string).map(Window.init)
        }
    }

    /// Opens an empty tab and brings it to the front (“New Window”).
    @discardableResult
    public func openTab() async throws -> Window {
        let answer = try await wire.send("POST", "/window/new", ["type": "tab"])
        guard let handle = answer["handle"]?.string else {
            throw BrowserError("the driver opened a tab without a handle")
        }
        try await bringToFront(Window(handle: handle))
        return Window(handle: handle)
    }

    /// Brings one to the front (“Switch To Window”).
    public func bringToFront(_ window: Window) async throws {
        _ = try await wire.send("POST", "/window", ["handle": .string(window.handle)])
    }

    /// Closes the one in front; then another has to be brought there. With the last one the browser ends
    /// (“Close Window”).
    public func closeWindow() async throws {
        _ = try await wire.send("DELETE", "/window")
    }
}
