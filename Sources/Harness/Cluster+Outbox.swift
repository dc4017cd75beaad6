import Foundation

/// The mails that the servers of a cluster wrote to the outbox.
extension Cluster {
    /// All mails so far, the oldest first.
    public var mails: [Mail] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: outbox)) ?? []
        return names.filter { $0.hasSuffix(".eml") && !$0.hasPrefix(".") }
            .map { "\(outbox)/\($0)" }
            .sorted { Self.writtenAt($0) < Self.writtenAt($1) }
            .compactMap { FileManager.default.contents(atPath: $0) }
            .map { Mail(text: String(decoding: $0, as: UTF8.self)) }
    }

    /// The newest mail to somebody, and of a subject if one is named; it is waited for.
    ///
    /// - Throws: ``HarnessError/timedOut(what:after:)`` if there is none in time.
    public func newestMail(to recipient: String, subject: String? = nil) async throws -> Mail {
        var found: Mail?
        try await waitUntil("there is a mail to \(recipient)") {
            found = mails.last { mail in
                mail["To"] == "<\(recipient)>" && (subject == nil || mail["Subject"] == subject)
            }
            return found != nil
        }
        guard let found else { throw HarnessError.misuse("there is a mail, and there is none") }
        return found
    }

    private static func writtenAt(_ path: String) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }
}

/// A mail as it was sent.
public struct Mail: Sendable {
    /// All of it, with its line ends.
    public let text: String

    /// Reads a mail; what is malformed shows as missing headers.
    public init(text: String) {
        self.text = text
    }

    /// The headers' lines.
    public var headerLines: [String] { lines.prefix { !$0.isEmpty } }

    /// The text behind the headers, its lines ended by `\n`.
    public var body: String { lines.drop { !$0.isEmpty }.dropFirst().joined(separator: "\n") }

    /// The value of the first header of that name, or nil.
    public subscript(name: String) -> String? {
        headerLines.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// The first address of a page in the text, or nil.
    public var link: String? { lines.first { $0.hasPrefix("http://") || $0.hasPrefix("https://") } }

    /// The token in the link, or nil.
    public var token: String? {
        link?.split(separator: "?token=", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }

    private var lines: [String] {
        // To strings, CRLF is one character; a lone LF is another.
        text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }
}
