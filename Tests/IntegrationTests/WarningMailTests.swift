import Curl
import Harness
import Testing

private let email = "anna@example.com"

@Suite("Warnings by mail")
struct WarningMailTests {
    private func register(_ stage: Stage) async throws {
        for (name, address) in [("anna", email), ("bob", nil)] {
            let answer = try await Visitor.program(named: "registrar")
                .register(at: stage.here, username: name, password: password(of: name), email: address)
            try #require(answer.status == 201)
        }
    }

    @Test(
        "A changed password is told, whoever changed it where; one that was not changed is not",
        arguments: Direction.allCases)
    func passwordChanged(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await register(stage)
            for name in ["anna", "bob"] {
                let program = try await stage.program(of: name)
                let wrong = jsonObject(["current_password": "not it", "new_password": "another one"])
                #expect(try await program.post(stage.there, "/api/password", json: wrong).status == 401)
                let right = jsonObject(["current_password": password(of: name), "new_password": "another one"])
                #expect(try await program.post(stage.there, "/api/password", json: right).status == 200)
            }
            let first = try await stage.cluster.newestMail(to: email, subject: "Your password was changed")
            #expect(first.body.hasPrefix("Hello anna,\n\nyour password was changed, at 20"))
            #expect(first.token == nil)

            let browser = Visitor.browser(named: "Anna's browser")
            try await browser.signIn(at: stage.here, username: "anna", password: "another one")
            let page = try await browser.post(
                stage.here, "/password", form: [("current_password", "another one"), ("new_password", "a third one")])
            #expect(page.status == 200)
            try await waitUntil("there are two mails") { stage.cluster.mails.count == 2 }
            #expect(stage.cluster.mails.allSatisfy { $0["To"] == "<\(email)>" })
        }
    }

    @Test("A refresh token that is used twice is told, once", arguments: Direction.allCases)
    func refreshReused(direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--refresh-grace", "0"]
        try await withStage(direction, options) { stage in
            try await register(stage)
            let phone = try await stage.program(of: "anna")
            let copied = phone.refreshToken
            #expect(try await phone.refresh(at: stage.here).status == 200)
            #expect(try await phone.refresh(at: stage.there).status == 200)
            let thief = Visitor.program(named: "thief")
            for code in ["token_reused", "token_revoked"] {
                thief.use(refreshToken: copied)
                expectProblem(try await thief.refresh(at: stage.there), 401, code)
            }
            let mail = try await stage.cluster.newestMail(to: email)
            #expect(mail["Subject"] == "Somebody may have copied your sign-in")
            #expect(mail.body.contains("/devices\n") && mail.token == nil)
            #expect(stage.cluster.mails.count == 1)
        }
    }

    @Test("Who gives somebody else's address cannot bury it: the sixth warning in a row is dropped, and counted")
    func limited() async throws {
        try await withStage(.bankToRetirement) { stage in
            try await register(stage)
            let program = Visitor.program(named: "somebody")
            var current = password(of: "anna")
            for number in 0..<7 {
                #expect(try await program.signIn(at: stage.here, username: "anna", password: current).status == 200)
                let next = "password number \(number)"
                let change = jsonObject(["current_password": current, "new_password": next])
                #expect(try await program.post(stage.here, "/api/password", json: change).status == 200)
                current = next
            }
            func dropped() async throws -> Int {
                var sum = 0
                for server in [stage.here, stage.there] {
                    let text = try await program.get(server, "/metrics").text
                    let line = text.split(separator: "\n")
                        .first { $0.hasPrefix("sso_mails_total{result=\"limited\"}") }
                    sum += line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
                }
                return sum
            }
            try await waitUntil("two are dropped") { try await dropped() == 2 }
            try await waitUntil("five are there") { stage.cluster.mails.count == 5 }
        }
    }
}
