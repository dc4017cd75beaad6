import Curl
import Foundation
import Harness
import Testing

private let email = "anna@example.com"

@Suite("Asking for a link for a forgotten password")
struct AskingForALinkTests {
    private func registerAnna(_ stage: Stage, _ name: String = "anna", _ address: String? = email) async throws {
        let answer = try await Visitor.program(named: "registrar")
            .register(at: stage.here, username: name, password: password(of: name), email: address)
        try #require(answer.status == 201)
    }

    /// All of an answer but what differs in every one.
    private func shape(_ answer: Exchange) -> String {
        let headers = answer.headers
            .filter { header in !["X-Request-Id", "Date"].contains { header.isNamed($0) } }
            .map { "\($0.name): \($0.value.replacing(/dur=[0-9.]+/, with: "dur=…"))" }
        return "\(answer.response.statusLine)\n\(headers.joined(separator: "\n"))\n\n\(answer.text)"
    }

    @Test("The answer is the same for a name with an address, one without, and none", arguments: Direction.allCases)
    func sameAnswer(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await registerAnna(stage)
            try await registerAnna(stage, "bob", nil)
            let names = ["anna", "bob", "nobody", "", "no name", "anna\r\nBcc: eve@example.com", "anna"]
            let program = Visitor.program(named: "somebody")
            let browser = Visitor.browser(named: "somebody")
            var answers: [String] = []
            var pages: [String] = []
            for name in names {
                let answer = try await program.forgetPassword(at: stage.here, username: name)
                #expect(answer.status == 202)
                // Nothing was asked of the database before the answer, so there is nothing that could take time.
                #expect(answer.serverTiming == ServerTiming(auth: 0, db: 0))
                answers.append(shape(answer))
                let page = try await browser.post(stage.there, "/forgot", form: [("username", name)])
                #expect(page.status == 200)
                #expect(page.serverTiming == ServerTiming(auth: 0, db: 0))
                #expect(!page.text.contains("anna") && !page.text.contains("nobody"))
                pages.append(shape(page))
            }
            #expect(Set(answers).count == 1)
            #expect(Set(pages).count == 1)

            // Whoever asks again, here or there, gets no second mail within five minutes; nor does anybody else get any.
            try await registerAnna(stage, "carla", "carla@example.com")
            try await program.forgetPassword(at: stage.there, username: "carla")
            _ = try await stage.cluster.newestMail(to: "carla@example.com")
            try await program.forgetPassword(at: stage.here, username: "dora")
            let recipients = stage.cluster.mails.map { $0["To"] ?? "" }
            #expect(recipients.sorted() == ["<\(email)>", "<carla@example.com>"])
        }
    }

    @Test("A name of the wrong shape is refused like any field")
    func shapes() async throws {
        try await withStage(.bankToRetirement) { stage in
            let program = Visitor.program(named: "somebody")
            for body in ["{}", #"{"username": 1}"#, #"{"username": null}"#] {
                expectProblem(
                    try await program.post(stage.here, "/api/password/forgot", json: body), 422, "invalid_username")
            }
            for body in ["{}", #"{"token": 1, "new_password": "x"}"#] {
                expectProblem(
                    try await program.post(stage.here, "/api/password/reset", json: body), 422, "invalid_token")
            }
            let foreign = [Header("Origin", "https://evil.example")]
            expectProblem(
                try await program.post(stage.here, "/api/password/forgot", json: "{}", headers: foreign), 403,
                "cross_site_request")
        }
    }

    @Test(
        "The link leads to the address in the settings, whatever the request says of it", arguments: Direction.allCases)
    func forgedHost(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let forgeries = [
                [Header("Host", "evil.example")], [Header("X-Forwarded-Host", "evil.example")],
                [Header("Forwarded", "host=evil.example;proto=https")], [Header("X-Original-Host", "evil.example")],
            ]
            let program = Visitor.program(named: "mallory")
            for (index, headers) in forgeries.enumerated() {
                let (name, address) = ("anna\(index)", "anna\(index)@example.com")
                try await registerAnna(stage, name, address)
                let answer = try await program.post(
                    stage.here, "/api/password/forgot", json: jsonObject(["username": name]), headers: headers)
                // A server may refuse a Host that is not its own; then no mail goes out at all.
                guard answer.status == 202 else {
                    #expect((400..<500).contains(answer.status) && index == 0)
                    continue
                }
                let mail = try await stage.cluster.newestMail(to: address)
                #expect(mail.link?.hasPrefix("\(stage.here.url)/reset?token=") == true)
                #expect(!mail.text.contains("evil"))
            }
        }
    }

    @Test("With a public URL the link leads there; with a free port and none, to where the server listens")
    func addresses() async throws {
        var options = Cluster.Options()
        options.bankArguments = ["--public-url", "https://bank.example.com", "--mail-from", "bank@Example.com"]
        options.retirementArguments = ["--port", "0"]
        try await withStage(.bankToRetirement, options) { stage in
            try await registerAnna(stage)
            try await registerAnna(stage, "bob", "bob@example.com")
            let program = Visitor.program(named: "somebody")
            let own = [Header("Host", "bank.example.com")]
            let body = jsonObject(["username": "anna"])
            #expect(
                try await program.post(stage.here, "/api/password/forgot", json: body, headers: own).status == 202)
            let mail = try await stage.cluster.newestMail(to: email)
            #expect(mail.link?.hasPrefix("https://bank.example.com/reset?token=eyJ") == true)

            let line = try #require(stage.there.standardOutput.split(separator: "\n").first)
            let url = try #require(line.split(separator: " ").last.map(String.init))
            await stage.here.kill()
            let answer = try await program.post(
                "\(url)/api/password/forgot", json: jsonObject(["username": "bob"]))
            #expect(answer.status == 202)
            let other = try await stage.cluster.newestMail(to: "bob@example.com")
            #expect(other.link?.hasPrefix("\(url)/reset?token=eyJ") == true)
        }
    }

    @Test("A mail in the outbox is its owner's alone, and no log and no metric holds a token or an address")
    func secrecy() async throws {
        var options = Cluster.Options()
        options.arguments = ["--log-level", "trace"]
        try await withStage(.bankToRetirement, options) { stage in
            try await registerAnna(stage)
            try await Visitor.program(named: "somebody").forgetPassword(at: stage.here, username: "anna")
            let mail = try await stage.cluster.newestMail(to: email)
            let token = try #require(mail.token)
            let browser = Visitor.browser(named: "Anna's browser")
            #expect(try await browser.get(try #require(mail.link)).status == 200)
            try await browser.post(stage.here, "/reset", form: [("token", token), ("new_password", "tr0ubador and 3")])
            _ = try await stage.cluster.newestMail(to: email, subject: "Your password was changed")

            let files = try FileManager.default.contentsOfDirectory(atPath: stage.cluster.outbox)
            #expect(files.count == 2)
            for path in [""] + files.map({ "/\($0)" }) {
                let attributes = try FileManager.default.attributesOfItem(atPath: stage.cluster.outbox + path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == (path.isEmpty ? 0o700 : 0o600))
            }
            for server in stage.servers {
                let metrics = try await browser.get(server, "/metrics").text
                for text in [server.standardError, metrics] {
                    #expect(!text.contains("eyJ") && !text.contains("@example.com") && !text.contains("tr0ubador"))
                }
            }
            let sent = try await stage.servers.asyncMap { try await browser.get($0, "/metrics").text }.joined()
            #expect(sent.contains("sso_mails_total{result=\"sent\"}"))
            #expect(sent.contains("sso_password_resets_total{result=\"ok\"} 1"))
        }
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
