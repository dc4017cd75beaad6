import Curl
import Foundation
import Harness

/// Commands to a driver and its answers: JSON over HTTP (W3C WebDriver, “Protocol”).
struct Wire: Sendable {
    let client: Client
    /// What the paths of commands are appended to.
    let base: String

    /// - Parameter base: The driver's address, or that of one of its sessions.
    init(base: String) {
        self.base = base
        var options = Client.Options()
        // A browser's start counts as one command, and the machine may be busy.
        options.timeout = .seconds(120)
        client = Client(options)
    }

    /// Sends a command and gives the answer's value.
    ///
    /// - Throws: ``BrowserError``.
    func send(_ method: String, _ path: String, _ parameters: JSONValue? = nil) async throws -> JSONValue {
        let command = "\(method) \(path)"
        var request = Request(method: method, url: base + path)
        // A command without parameters sends an object without members.
        if method == "POST" {
            request.headers = [Header("Content-Type", "application/json; charset=utf-8")]
            request.body = try (parameters ?? [:]).text()
        }
        let answer: Exchange
        do {
            answer = try await client.send(request)
        } catch {
            throw BrowserError("\(command): \(error)", hint: "the driver has ended, or hangs")
        }
        guard let value = answer.json?["value"] else {
            throw BrowserError("\(command): the driver answered \(answer.status), without a value")
        }
        guard answer.status == 200 else {
            throw BrowserError(
                code: value["error"]?.string ?? "unknown error", message: value["message"]?.string ?? "",
                command: command)
        }
        return value
    }

    /// Sends a command whose value is a string.
    func string(_ method: String, _ path: String, _ parameters: JSONValue? = nil) async throws -> String {
        guard let string = try await send(method, path, parameters).string else {
            throw BrowserError("\(method) \(path): the driver answered something else than a string")
        }
        return string
    }
}
