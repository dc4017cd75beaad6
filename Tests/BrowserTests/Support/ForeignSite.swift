import Foundation
import Testing

@testable import Harness

/// A site that is none of ours, on this machine: its pages make whoever opens them post elsewhere.
struct ForeignSite {
    /// How its pages do it.
    enum Way: CaseIterable, CustomTestStringConvertible {
        /// A form that sends itself: the browser goes where it was sent.
        case form
        /// A script that may not read the answer, and so needs nobody's leave.
        case blindScript
        /// A script that wants to read the answer, with a type that browsers ask for leave for.
        case readingScript

        var testDescription: String {
            switch self {
            case .form: "by a form"
            case .blindScript: "by a script that reads nothing"
            case .readingScript: "by a script that wants to read"
            }
        }
    }

    /// What came to ``witness``.
    struct Request {
        let method: String
        let fetchSite: String?
        let origin: String?
        let cookie: String?
    }

    private let process: ServerProcess
    private let pages: Int
    private let records: Int
    private let file: String

    /// Runs a story while the site is there.
    static func with(_ story: (ForeignSite) async throws -> Void) async throws {
        let folder = try Surroundings.makeTemporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let site = try ForeignSite(in: folder)
        try await site.process.start()
        let result: Result<Void, any Error>
        do { result = .success(try await story(site)) } catch { result = .failure(error) }
        await site.process.stop()
        try result.get()
    }

    private init(in folder: String) throws {
        (pages, records, file) = (try Ports.free(), try Ports.free(), "\(folder)/requests.jsonl")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "foreign-site.py")
        process = ServerProcess(
            name: "python3", host: "127.0.0.1", port: pages, arguments: [script.path, "\(pages)", "\(records)", file],
            environment: Surroundings.environment(adding: [:]), executables: "/usr/bin", folder: folder,
            reaper: try Reaper.ofProgram.get(), readyLine: "foreign-site: listening")
    }

    /// Where its pages are, under a name of this machine.
    func origin(under host: String) -> String { "http://\(host):\(pages)" }

    /// A server on the host of ours, on a port of its own, that writes down what it is sent. To a browser a port makes no
    /// difference for cookies, nor for what is the same site, so ours is sent the same.
    var witness: String { "http://127.0.0.1:\(records)" }

    /// The address of a page that posts to `target`.
    func page(under host: String, _ way: Way, to target: String, _ body: String) -> String {
        func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        let script = way == .form ? "form" : "fetch"
        let mode = way == .blindScript ? "no-cors" : "cors"
        let type = way == .readingScript ? "application/json" : "text/plain"
        return "\(origin(under: host))/\(script)?target=\(encoded(target))&mode=\(mode)&type=\(encoded(type))"
            + "&body=\(encoded(body))"
    }

    /// What the witness was sent, the oldest first.
    var requests: [Request] {
        let text = FileManager.default.contents(atPath: file) ?? Data()
        return text.split(separator: 10, omittingEmptySubsequences: false).dropLast().compactMap { line in
            JSONValue(Array(line)).map { json in
                Request(
                    method: json["method"]?.string ?? "", fetchSite: json["sec-fetch-site"]?.string,
                    origin: json["origin"]?.string, cookie: json["cookie"]?.string)
            }
        }
    }
}
