import Curl
import Foundation
import Harness
import Testing

@Suite("The email address at registration")
struct EmailTests {
    private func register(
        _ stage: Stage, _ name: String, emailJSON: String, at server: ServerProcess? = nil
    ) async throws -> Exchange {
        let json = #"{"username": "\#(name)", "password": "\#(goodPassword)", "email": \#(emailJSON)}"#
        return try await Visitor.program(named: "somebody").post(server ?? stage.here, "/api/register", json: json)
    }

    @Test(
        "It may be left out or null, and two may have the same; the answer does not repeat it",
        arguments: Direction.allCases)
    func optional(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            for (index, email) in ["null", "\"anna@example.com\"", "\"anna@example.com\""].enumerated() {
                let answer = try await register(stage, "user\(index)", emailJSON: email)
                #expect(answer.status == 201)
                #expect(answer.response.jsonKeys == ["id", "username"])
            }
        }
    }

    @Test("One that is none is refused with 422, and nobody is registered", arguments: Direction.allCases)
    func invalid(_ direction: Direction) async throws {
        let bad = [
            "\"\"", "\"anna\"", "\"@\"", "\"a@b@c\"", "\"an na@example.com\"",
            "\"anna@example.com\\r\\nBcc: eve@example.com\"",
            "\"anna@example.com\\n\"", "\"\\u0000@b\"", "\"änna@example.com\"", "\"<anna@example.com>\"",
            "\"anna@example.com,eve@example.com\"",
            "\"\(String(repeating: "a", count: 64))@\(String(repeating: "b.", count: 95))b\"",
            "1", "true", "[]", "{}",
        ]
        try await onStage(direction) { stage in
            for email in bad {
                expectProblem(
                    try await register(stage, "anna", emailJSON: email), 422, "invalid_email", "\(email)")
            }
            #expect(try await register(stage, "anna", emailJSON: "\"anna@example.com\"").status == 201)
        }
    }

    @Test(
        "The page takes one, keeps what was typed, and says what is wrong beside the field",
        arguments: Direction.allCases)
    func page(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "Anna's browser")
            #expect(try await browser.get(stage.here, "/register").text.contains("type=\"email\""))
            let bad = try await browser.post(
                stage.here, "/register",
                form: [("username", "anna"), ("password", goodPassword), ("email", "\"><script>@x")])
            #expect(bad.status == 422)
            #expect(bad.text.contains("id=\"email-error\">An email address has"))
            #expect(bad.text.contains("value=\"anna\"") && !bad.text.contains("<script>@x"))
            #expect(bad.text.contains("&lt;script&gt;@x"))
            for (name, email) in [("anna", "anna@example.com"), ("bob", "")] {
                let good = try await browser.post(
                    stage.here, "/register", form: [("username", name), ("password", goodPassword), ("email", email)])
                #expect(good.status == 303)
            }
            try await Visitor.program(named: "Anna").forgetPassword(at: stage.there, username: "anna")
            let mail = try await stage.cluster.newestMail(to: "anna@example.com")
            #expect(mail.link?.hasPrefix("\(stage.there.url)/reset?token=") == true)
        }
    }

    @Test("sso users add takes one", arguments: Direction.allCases)
    func operatorsTool(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            func add(_ name: String, _ email: String) async throws -> RunResult {
                try await run(
                    "sso",
                    [
                        "users", "add", name, "--email", email, "--password-stdin", "--database",
                        stage.cluster.database, "--scrypt", "4,8,1",
                    ], input: Array("\(goodPassword)\n".utf8))
            }
            let bad = try await add("anna", "anna@")
            #expect(bad.status != 0)
            #expect(bad.standardError.contains("that is no email address") && bad.standardError.contains("hint: "))
            #expect(try await add("anna", "anna@EXAMPLE.com").status == 0)
            try await Visitor.program(named: "Anna").forgetPassword(at: stage.here, username: "anna")
            _ = try await stage.cluster.newestMail(to: "anna@example.com")
        }
    }

    @Test("The sign-in page leads to the page for a forgotten password", arguments: Direction.allCases)
    func wayThere(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "Anna's browser")
            #expect(try await browser.get(stage.here, "/login").text.contains("<a href=\"/forgot\">"))
            let page = try await browser.get(stage.here, "/forgot")
            #expect(page.status == 200)
            #expect(page.text.contains("action=\"/forgot\""))
            for (path, methods) in [("/forgot", "GET, HEAD, POST"), ("/reset", "GET, HEAD, POST")] {
                let answer = try await browser.send("DELETE", stage.here, path)
                #expect(answer.status == 405 && answer.header("Allow") == methods, "\(path)")
            }
            for path in ["/api/password/forgot", "/api/password/reset"] {
                expectProblem(
                    try await Visitor.program(named: "Anna").get(stage.here, path), 405, "method_not_allowed", "\(path)"
                )
            }
        }
    }
}
