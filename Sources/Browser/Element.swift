public import Harness

/// One element of a page, for as long as the page stands.
public struct Element: Sendable {
    /// The member under which a reference to an element is sent (W3C WebDriver, “Elements”).
    private static let referenceName = "element-6066-11e4-a52e-4f735466cecf"

    private let wire: Wire
    private let id: String

    init?(_ reference: JSONValue?, _ wire: Wire) {
        guard let id = reference?[Self.referenceName]?.string else { return nil }
        self.id = id
        self.wire = wire
    }

    /// What to give to a script that works on this element.
    public var reference: JSONValue { [Self.referenceName: .string(id)] }

    /// The text that a reader sees; hidden text is not in it (“Get Element Text”).
    public var text: String { get async throws { try await wire.string("GET", path("text")) } }

    /// Whether a reader can see it, by scrolling at most.
    public var isDisplayed: Bool { get async throws { try await wire.send("GET", path("displayed")).bool == true } }

    /// The value of an attribute as the page was written, or nil (“Get Element Attribute”).
    public func attribute(_ name: String) async throws -> String? {
        try await wire.send("GET", path("attribute/\(name)")).string
    }

    /// The value of a property as it is now, such as what was typed into a field: `property("value")`
    /// (“Get Element Property”).
    public func property(_ name: String) async throws -> JSONValue {
        try await wire.send("GET", path("property/\(name)"))
    }

    /// Scrolls to it and clicks on its middle (“Element Click”).
    public func click() async throws {
        _ = try await wire.send("POST", path("click"))
    }

    /// Clicks on what leads to another page, and waits until this one has gone. A driver that is asked too early
    /// would still speak of this one.
    ///
    /// - Throws: `HarnessError` if it is still there after ``Chromium/patience``.
    public func follow() async throws {
        try await click()
        try await waitUntil("another page has come", timeout: Chromium.patience) { try await isGone }
    }

    /// Whether its page has gone.
    private var isGone: Bool {
        get async throws {
            do {
                _ = try await wire.send("GET", path("enabled"))
                return false
            } catch let error as BrowserError where error.code == "stale element reference" {
                return true
            } catch let error as BrowserError where error.code == "unknown error" {
                // Between two pages the driver may fail in words of its own; the next answer is clear.
                return false
            }
        }
    }

    /// Empties a field (“Element Clear”).
    public func clear() async throws {
        _ = try await wire.send("POST", path("clear"))
    }

    /// Types into it, after what is there (“Element Send Keys”).
    public func type(_ text: String) async throws {
        _ = try await wire.send("POST", path("value"), ["text": .string(text)])
    }

    /// Sends a form as its first button would, checks of its fields included. No script has to be allowed for that.
    public func submit() async throws {
        _ = try await wire.send(
            "POST", "/execute/sync", ["script": "arguments[0].requestSubmit()", "args": [reference]])
    }

    private func path(_ command: String) -> String { "/element/\(id)/\(command)" }
}

extension Chromium {
    /// The first element that matches a CSS selector; it is waited for (W3C WebDriver, “Find Element”).
    ///
    /// - Throws: ``BrowserError`` with `no such element` if there is none after ``patience``.
    public func find(_ selector: String) async throws -> Element {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let isLast = ContinuousClock.now >= deadline
            if let element = try await all(selector).first { return element }
            guard !isLast else {
                throw BrowserError(
                    code: "no such element", message: "'\(selector)' at \(try await url)", command: "find")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// All elements that match a CSS selector now, in the page's order (“Find Elements”).
    public func all(_ selector: String) async throws -> [Element] {
        let value = try await wire.send(
            "POST", "/elements", ["using": "css selector", "value": .string(selector)])
        return (value.array ?? []).compactMap { Element($0, wire) }
    }

    /// The element that the keyboard goes to, or nil (“Get Active Element”).
    public var focus: Element? { get async throws { Element(try await wire.send("GET", "/element/active"), wire) } }

    /// Presses a key and lets go of it, wherever the keyboard goes to (“Perform Actions”).
    public func press(_ key: Key) async throws {
        let actions = ["keyDown", "keyUp"].map { ["type": .string($0), "value": .string(key.rawValue)] as JSONValue }
        _ = try await wire.send(
            "POST", "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": .array(actions)]]])
    }
}
