import Foundation
import Testing

@testable import Harness

/// A real mail server, as Debian has it, that writes down what it takes.
struct MailServer {
    /// How its connections are protected.
    enum Security: String {
        case plain, starttls, tls
    }

    let process: ServerProcess
    private let folder: String

    /// What both servers of a cluster are given, to send mails here.
    let arguments: [String]

    /// The account that may send, where one is needed; its password has every sign that could be misread.
    static let user = "sender@example.com"
    static let password = "pass:word with \"signs\" é"

    /// Describes a server; it is not started yet.
    ///
    /// - Parameters:
    ///   - folder: where its files go.
    ///   - needsAccount: whether only ``user`` may send.
    init(in folder: String, _ security: Security = .plain, needsAccount: Bool = false) async throws {
        self.folder = folder
        let port = try Ports.free()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "mail-server.py")
        var serverArguments = [script.path, "\(port)", folder, security.rawValue]
        var arguments = ["--smtp-url", "\(security == .tls ? "smtps" : "smtp")://localhost:\(port)"]
        if security != .plain {
            try await Self.makeCertificate(in: folder)
            serverArguments += ["\(folder)/mail-cert.pem", "\(folder)/mail-key.pem"]
            arguments += ["--smtp-ca", "\(folder)/mail-cert.pem"]
        }
        if security == .starttls { arguments += ["--smtp-tls", "required"] }
        if needsAccount {
            serverArguments += [Self.user, Self.password]
            let file = "\(folder)/credentials"
            try Data("\(Self.user):\(Self.password)\n".utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            arguments += ["--smtp-credentials", file]
        }
        self.arguments = arguments
        process = ServerProcess(
            name: "python3", host: "127.0.0.1", port: port, arguments: serverArguments,
            environment: Surroundings.environment(adding: [:]), executables: "/usr/bin", folder: folder,
            reaper: try Reaper.ofProgram.get(), readyLine: "mail-server: listening")
    }

    /// What it has taken, the oldest first.
    var mails: [Taken] {
        let text = FileManager.default.contents(atPath: "\(folder)/mails.jsonl") ?? Data()
        // What has no line end is still being written.
        return text.split(separator: 10, omittingEmptySubsequences: false).dropLast().compactMap { line in
            guard let json = JSONValue(Array(line)) else { return nil }
            func field(_ name: String) -> String { json[name]?.string ?? "" }
            return Taken(
                sender: field("from"), recipient: field("to"), isOverTLS: field("tls") == "True", user: field("user"),
                mail: Mail(text: field("content")))
        }
    }

    /// A mail with what the server knows of its way.
    struct Taken {
        let sender: String
        let recipient: String
        let isOverTLS: Bool
        let user: String
        let mail: Mail
    }

    private static func makeCertificate(in folder: String) async throws {
        let result = try await run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                "\(folder)/mail-key.pem", "-out", "\(folder)/mail-cert.pem",
            ])
        try #require(result.status == 0, "\(result.standardError)")
    }
}

/// Runs a story with a new temporary folder, and removes it afterwards.
func withMailFolder(_ body: (String) async throws -> Void) async throws {
    let folder = try Surroundings.makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}
