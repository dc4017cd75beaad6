import Curl
import Foundation
import Harness
import Testing

private let email = "anna@example.com"

/// Mails over a real mail server.
@Suite("Mails over SMTP", .serialized)
struct MailServerTests {
    private func options(_ arguments: [String]) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = arguments + ["--mail-from", "sso@example.com"]
        return options
    }

    private func ask(_ stage: Stage, _ name: String = "anna", _ address: String = email) async throws {
        let program = Visitor.program(named: "somebody")
        let answer = try await program.register(
            at: stage.here, username: name, password: password(of: name), email: address)
        try #require(answer.status == 201)
        #expect(try await program.forgetPassword(at: stage.here, username: name).status == 202)
    }

    private func waitForMails(_ count: Int, _ server: MailServer) async throws -> [MailServer.Taken] {
        try await waitUntil("the mail server has \(count) mails", timeout: .seconds(30)) { server.mails.count >= count }
        return server.mails
    }

    private func waitForRefusal(_ stage: Stage, _ reason: String) async throws {
        try await waitUntil("the log says that a mail was not sent") {
            stage.servers.contains { $0.standardError.contains("mail not sent") }
        }
        let lines = stage.servers.map(\.standardError).joined().split(separator: "\n")
            .filter { $0.contains("mail not sent") }
        #expect(lines.contains { $0.contains(reason) }, "\(lines)")
        #expect(!lines.contains { $0.contains(email) || $0.contains("eyJ") || $0.contains(MailServer.password) })
    }

    @Test(
        "With STARTTLS or TLS, and an account, a mail arrives whole and leads to a new password",
        arguments: [MailServer.Security.starttls, .tls])
    func protected(security: MailServer.Security) async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder, security, needsAccount: true)
            try await server.process.start()
            try await withStage(.bankToRetirement, options(server.arguments)) { stage in
                try await ask(stage)
                let taken = try #require(try await waitForMails(1, server).first)
                #expect(taken.isOverTLS)
                #expect(taken.user == MailServer.user)
                #expect(taken.sender == "sso@example.com" && taken.recipient == email)
                #expect(taken.mail["To"] == "<\(email)>" && taken.mail["From"] == "<sso@example.com>")
                #expect(taken.mail["Message-ID"]?.hasSuffix("@example.com>") == true)
                let token = try #require(taken.mail.token)
                let program = Visitor.program(named: "Anna's program")
                let answer = try await program.resetPassword(at: stage.there, token: token, new: "a new one for Anna")
                #expect(answer.status == 204)
                let warning = try #require(try await waitForMails(2, server).last)
                #expect(warning.mail["Subject"] == "Your password was changed")
                #expect(!FileManager.default.fileExists(atPath: stage.cluster.outbox))
            }
            await server.process.stop()
        }
    }

    @Test("A server without STARTTLS gets no mail where TLS is required, and no password")
    func noTLS() async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder)
            try await server.process.start()
            let required = options(server.arguments + ["--smtp-tls", "required"])
            try await withStage(.bankToRetirement, required) { stage in
                try await ask(stage)
                try await waitForRefusal(stage, "STARTTLS")
                #expect(server.mails.isEmpty)
            }
            await server.process.stop()
        }
    }

    @Test("A mail server that nobody vouches for gets no mail")
    func unknownCertificate() async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder, .starttls)
            try await server.process.start()
            let other = "\(folder)/other"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
            let stranger = try await MailServer(in: other, .starttls)
            let port = server.arguments.prefix(2)
            for certificates in [[], ["--smtp-ca", "\(other)/mail-cert.pem"]] {
                let options = options(port + ["--smtp-tls", "required"] + certificates)
                try await withStage(.bankToRetirement, options) { stage in
                    try await ask(stage)
                    try await waitForRefusal(stage, "certificate")
                    #expect(server.mails.isEmpty)
                }
            }
            // Where TLS is optional, it is used with whoever is there.
            try await withStage(.bankToRetirement, options(port + ["--smtp-tls", "optional"])) { stage in
                try await ask(stage)
                #expect(try #require(try await waitForMails(1, server).first).isOverTLS)
            }
            await server.process.stop()
            await stranger.process.stop()
        }
    }

    @Test("A wrong password is told, without itself, and a server on loopback needs no TLS")
    func wrongAccount() async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder, .starttls, needsAccount: true)
            try await server.process.start()
            let wrong = "\(folder)/wrong"
            try Data("\(MailServer.user):not the password".utf8).write(to: URL(fileURLWithPath: wrong))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: wrong)
            let options = options(server.arguments + ["--smtp-credentials", wrong])
            try await withStage(.bankToRetirement, options) { stage in
                try await ask(stage)
                try await waitForRefusal(stage, "Login denied")
                #expect(server.mails.isEmpty)
                #expect(!stage.servers.contains { $0.standardError.contains("not the password") })
            }
            await server.process.stop()

            let plain = try await MailServer(in: folder)
            try await plain.process.start()
            try await withStage(.bankToRetirement, self.options(plain.arguments)) { stage in
                try await ask(stage)
                #expect(try await waitForMails(1, plain).first?.isOverTLS == false)
            }
            await plain.process.stop()
        }
    }

    @Test("A mail waits while the mail server is down, outlives kill -9 of both servers, and goes out once")
    func survives() async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder)
            try await withStage(.bankToRetirement, options(server.arguments)) { stage in
                try await ask(stage)
                try await waitForRefusal(stage, "connect")
                // What waits is no text: neither link nor token lies in the database, or beside it.
                let bytes = try await stage.database.contents()
                #expect(bytes.range(of: Data("eyJ".utf8)) == nil)
                #expect(bytes.range(of: Data("/reset".utf8)) == nil)
                for process in stage.servers { await process.kill() }
                #expect(try await stage.queuedMails() == 1)
                try await server.process.start()
                for process in stage.servers { try await process.start() }
                let taken = try #require(try await waitForMails(1, server).first)
                try await waitUntil("the queue is empty") { try await stage.queuedMails() == 0 }
                #expect(server.mails.count == 1)

                let token = try #require(taken.mail.token)
                let program = Visitor.program(named: "Anna's program")
                let answer = try await program.resetPassword(at: stage.there, token: token, new: "a new one for Anna")
                #expect(answer.status == 204)
            }
            await server.process.stop()
        }
    }

    @Test("Both servers work on one queue: twenty mails arrive, each once", arguments: Direction.allCases)
    func shared(direction: Direction) async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder)
            try await server.process.start()
            // One address asks for twenty at once, which a limit would stop.
            try await withStage(direction, options(server.arguments + ["--attempt-limits", "off"])) { stage in
                let addresses = (0..<20).map { "user\($0)@example.com" }
                for (index, address) in addresses.enumerated() { try await ask(stage, "user\(index)", address) }
                _ = try await waitForMails(20, server)
                try await waitUntil("the queue is empty") { try await stage.queuedMails() == 0 }
                #expect(server.mails.map(\.recipient).sorted() == addresses.sorted())
                // Whoever sends it, the link leads to the server that was asked.
                #expect(server.mails.allSatisfy { $0.mail.link?.hasPrefix("\(stage.here.url)/reset") == true })
            }
            await server.process.stop()
        }
    }

    @Test("A mail that is turned away does not hold up the next one")
    func refusedRecipient() async throws {
        try await withMailFolder { folder in
            let server = try await MailServer(in: folder)
            try await server.process.start()
            try await withStage(.bankToRetirement, options(server.arguments)) { stage in
                try await ask(stage, "refused", "refused@example.com")
                try await waitForRefusal(stage, "550")
                try await ask(stage)
                #expect(try await waitForMails(1, server).map(\.recipient) == [email])
                try await waitUntil("the one that was taken is out of the queue") { try await stage.queuedMails() == 1 }
                #expect(!stage.servers.contains { $0.standardError.contains("refused@") })
            }
            await server.process.stop()
        }
    }
}

extension Stage {
    /// How many mails wait in the database.
    fileprivate func queuedMails() async throws -> Int {
        try await database.rows("SELECT count(*) FROM mails").first?.first.flatMap { Int($0) } ?? -1
    }
}
