import Foundation
public import Harness

/// One headless Chromium with a profile of its own, driven through WebDriver.
///
/// It is made by ``ChromeDriver/withChromium(_:)``. One command at a time: a second one waits for the first.
public final class Chromium: Sendable {
    /// How long it waits for what has to come: a page, an element, the end of a script.
    public static let patience: Duration = .seconds(30)

    let wire: Wire

    /// Starts a browser (W3C WebDriver, “New Session”).
    ///
    /// - Parameters:
    ///   - driver: The driver's address.
    ///   - profile: The folder for all that it keeps; the driver makes it.
    init(driver: String, profile: String) async throws {
        let milliseconds = JSONValue.integer(Int(Self.patience.components.seconds) * 1000)
        let capabilities: JSONValue = [
            "browserName": "chrome",
            "timeouts": ["pageLoad": milliseconds, "script": milliseconds],
            "goog:loggingPrefs": ["browser": "ALL"],
            "goog:chromeOptions": [
                "args": .array(Self.arguments(profile: profile).map { .string($0) }),
                // Otherwise it begins with a search engine's page, and some seconds go by before that fails.
                "prefs": ["session": ["restore_on_startup": 4, "startup_urls": ["about:blank"]]],
            ],
        ]
        let session = try await Wire(base: driver)
            .send("POST", "/session", ["capabilities": ["alwaysMatch": capabilities]])
        guard let id = session["sessionId"]?.string else {
            throw BrowserError("the driver started a session without an id")
        }
        wire = Wire(base: "\(driver)/session/\(id)")
    }

    private static func arguments(profile: String) -> [String] {
        var arguments = [
            "--headless=new", "--user-data-dir=\(profile)", "--disable-gpu",
            // Driven through a pipe, it ends with its driver, however that ended.
            "--remote-debugging-pipe",
            // Containers have little shared memory.
            "--disable-dev-shm-usage",
        ]
        // Chromium refuses to run as root with its sandbox.
        if geteuid() == 0 { arguments.append("--no-sandbox") }
        return arguments
    }

    /// Closes the browser with all its windows (“Delete Session”).
    func quit() async throws {
        _ = try await wire.send("DELETE", "")
    }

    /// Goes to an address and waits for the page (“Navigate To”).
    public func open(_ url: String) async throws {
        _ = try await wire.send("POST", "/url", ["url": .string(url)])
    }

    /// Asks for the page in front again (“Refresh”).
    public func reload() async throws {
        _ = try await wire.send("POST", "/refresh")
    }

    /// Where the window in front is (“Get Current URL”).
    public var url: String { get async throws { try await wire.string("GET", "/url") } }

    /// The title of the page in front (“Get Title”).
    public var title: String { get async throws { try await wire.string("GET", "/title") } }

    /// Waits until the window in front is at an address.
    ///
    /// - Throws: ``BrowserError`` with `timeout` if it is not after ``patience``.
    public func wait(forURL address: String) async throws {
        do {
            try await waitUntil("the browser is at \(address)", timeout: Self.patience) { try await url == address }
        } catch HarnessError.timedOut {
            throw BrowserError(
                code: "timeout", message: "the browser is at \(try await url), not at \(address)", command: "wait")
        }
    }

    /// Runs a script as the body of a function, scripts of pages forbidden or not, and gives what it returns;
    /// a promise is waited for (“Execute Script”).
    ///
    /// - Parameter arguments: What the script finds as `arguments[0]` and so on.
    @discardableResult
    public func execute(_ script: String, _ arguments: [JSONValue] = []) async throws -> JSONValue {
        try await wire.send("POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// Writes what the window in front shows to a file, as PNG (“Take Screenshot”).
    public func screenshot(to file: String) async throws {
        guard let image = Data(base64Encoded: try await wire.string("GET", "/screenshot")) else {
            throw BrowserError("the driver's screenshot is not base64")
        }
        try image.write(to: URL(fileURLWithPath: file))
    }
}
