import Foundation
import Identity
import Mail
import Testing

@testable import SSOServer

@Suite("Settings about mails")
struct MailSettingsTests {
    @Test("Without a mail server, mails go to the outbox")
    func outbox() throws {
        let mail = try settings().mail
        #expect(mail.relay == nil)
        #expect(mail.sender.text == "sso@localhost")
        #expect((try mail.transport() as? Outbox)?.folder == ".data/outbox")
        #expect((try settings(["--outbox", "a/b"]).mail.transport() as? Outbox)?.folder == "a/b")
    }

    @Test(
        "TLS is required, but on loopback, unless a flag says otherwise",
        arguments: [
            ("smtp://mail.example.com", [], SMTP.Security.required, 25),
            ("smtp://mail.example.com:587/", ["--smtp-tls", "optional"], .optional, 587),
            ("SMTPS://Mail.example.com", [], .implicit, 465),
            ("smtps://mail.example.com:25", ["--smtp-tls", "optional"], .implicit, 25),
            ("smtp://mail.example.com:80", [], .required, 80), ("smtp://mail.example.com:443", [], .required, 443),
            ("smtp://localhost", [], .none, 25), ("smtp://127.0.0.1:2525", [], .none, 2525),
            ("smtp://[::1]", [], .none, 25), ("smtp://127.0.0.1", ["--smtp-tls", "required"], .required, 25),
            ("smtp://localhost.example.com", [], .required, 25), ("smtp://127.0.0.1.example.com", [], .required, 25),
        ])
    func security(url: String, flags: [String], security: SMTP.Security, port: Int) throws {
        let relay = try #require(try settings(["--smtp-url", url] + flags).mail.relay)
        #expect(relay.security == security)
        #expect(relay.port == port)
        #expect(relay.host == relay.host.lowercased())
    }

    @Test("A password never goes where anyone may stand in between")
    func optionalWithCredentials() throws {
        let flags = ["--smtp-url", "smtp://mail.example.com", "--smtp-credentials", "file"]
        #expect(try settings(flags).mail.relay?.credentials == "file")
        let error = try refusal(flags + ["--smtp-tls", "optional"])
        #expect(error?.code == .configuration)
        #expect(error?.cause.contains("--smtp-tls optional") == true)
    }

    // MARK: Files

    private func write(_ bytes: [UInt8], to path: String, permissions: Int = 0o600) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    }

    private func credentialsRefusal(_ path: String) -> StartupError? {
        do {
            _ = try CredentialsFile(path: path).read()
            return nil
        } catch { return error }
    }

    @Test(
        "A credentials file is one line; the first colon ends the user",
        arguments: [
            ("a:b", "a", "b"), ("a:b\n", "a", "b"), ("a:b\r\n", "a", "b"), ("a@b.c:d:e f\"é ", "a@b.c", "d:e f\"é "),
        ])
    func credentials(text: String, user: String, password: String) throws {
        try withFolder { folder in
            try write(Array(text.utf8), to: folder + "/c")
            let expected = SMTP.Credentials(user: user, password: password)
            #expect(try CredentialsFile(path: folder + "/c").read() == expected)
        }
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "\n", ":", "a:", ":b", "ab", "a:b\nc:d", "a:b\n\n", "a:\u{0}", "a\tb:c", "a:\u{7F}",
        ])
    func badCredentials(text: String) throws {
        try withFolder { folder in
            try write(Array(text.utf8), to: folder + "/c")
            let error = try #require(credentialsRefusal(folder + "/c"))
            #expect(error.code == .configuration)
            #expect(error.cause.contains("user:password"))
        }
    }

    @Test("Neither is what is no text, too long, no file, or not there")
    func noCredentials() throws {
        try withFolder { folder in
            try write([0x61, 0x3A, 0xFF], to: folder + "/c")
            #expect(credentialsRefusal(folder + "/c") != nil)
            try write(Array("a:\(String(repeating: "b", count: 4096))".utf8), to: folder + "/c")
            #expect(credentialsRefusal(folder + "/c") != nil)
            #expect(credentialsRefusal(folder) != nil)
            #expect(credentialsRefusal(folder + "/none") != nil)
            mkfifo(folder + "/pipe", 0o600)
            #expect(credentialsRefusal(folder + "/pipe") != nil)
        }
    }

    @Test("A credentials file that others can use is refused", arguments: [0o640, 0o604, 0o620, 0o602, 0o601, 0o666])
    func permissions(permissions: Int) throws {
        try withFolder { folder in
            try write(Array("a:b".utf8), to: folder + "/c", permissions: permissions)
            let error = try #require(credentialsRefusal(folder + "/c"))
            #expect(error.cause.contains("can be read or written by others"))
            #expect(error.hint.contains("chmod 600"))
            let flags = ["--smtp-url", "smtp://localhost", "--smtp-credentials", folder + "/c"]
            let mail = try settings(flags).mail
            #expect(throws: StartupError.self) { try mail.transport() }
        }
    }

    @Test("Certificates that are not there are missed at the start")
    func certificates() throws {
        let mail = try settings(["--smtp-url", "smtp://localhost", "--smtp-ca", "/nowhere/ca.pem"]).mail
        #expect(throws: StartupError.self) { try mail.transport() }
    }
}

@Suite("The queue of mails")
struct MailQueueTests {
    @Test("The delays grow, differ, and end at a quarter of an hour, more or less")
    func delays() {
        for (attempt, seconds) in [(1, 2.0), (2, 4), (5, 32), (9, 512), (10, 900), (11, 900), (63, 900), (1000, 900)] {
            let delays = (0..<200).map { _ in Double(MailQueue.delay(after: attempt)) }
            #expect(delays.allSatisfy { (seconds * 0.75 - 0.5...seconds * 1.25 + 0.5).contains($0) }, "\(attempt)")
            #expect(attempt < 2 || Set(delays).count > 1)
        }
    }

    @Test("A mail is its taker's for longer than sending can take")
    func lease() {
        #expect(MailQueue.lease > SMTP.timeout + 30)
    }

    @Test("A link leads to the server that was asked; a warning, to the one that sends it")
    func letters() throws {
        let site = Site(own: try origin("https://bank.example.com"), peer: try origin("https://plan.example.com"))
        let letters = Letters(site: site, sender: try EmailAddress("sso@localhost"))
        func mail(_ kind: MailKind, _ origin: String?) throws -> QueuedMail {
            QueuedMail(
                id: "1", kind: kind, recipient: try EmailAddress("a@b"), user: UserID(rawValue: "u"),
                userName: try UserName("anna"), count: 0, userCount: 0, origin: origin, createdAt: 0, attempt: 1)
        }
        func text(_ kind: MailKind, _ origin: String?, token: String? = "T") throws -> String? {
            try letters.message(mail(kind, origin)) { token }?.body
        }
        #expect(try text(.passwordReset, nil)?.contains("\nhttps://bank.example.com/reset?token=T\n") == true)
        #expect(
            try text(.passwordReset, "https://plan.example.com")?.contains("\nhttps://plan.example.com/reset?token=T\n")
                == true)
        #expect(try text(.passwordReset, nil, token: nil) == nil)
        for kind in [MailKind.passwordChanged, .refreshReused] {
            let text = try #require(try text(kind, nil, token: nil))
            #expect(text.hasPrefix("Hello anna,\n\n"))
            #expect(text.contains("https://bank.example.com/") && !text.contains("token="))
        }
        #expect(try text(.refreshReused, nil)?.contains("1970-01-01T00:00:00Z") == true)
    }
}
