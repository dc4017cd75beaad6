import Curl
import Harness
import Testing

private let email = "anna@example.com"
private let newPassword = "a new one for Anna"

@Suite("A forgotten password, over both servers")
struct ForgottenPasswordTests {
    /// Registers Anna with an address, signs her in on a phone at both servers' expense, and asks for a link.
    private func begin(_ stage: Stage) async throws -> (phone: Visitor, link: Mail) {
        let registrar = Visitor.program(named: "registrar")
        let answer = try await registrar.register(
            at: stage.here, username: "anna", password: password(of: "anna"), email: email)
        try #require(answer.status == 201)
        let phone = try await stage.program(of: "anna")
        #expect(try await registrar.forgetPassword(at: stage.here, username: "Anna").status == 202)
        return (phone, try await stage.cluster.newestMail(to: email))
    }

    @Test("The mail's link sets a new password, and ends every sign-in at both servers", arguments: Direction.allCases)
    func wholeStory(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let (phone, mail) = try await begin(stage)
            #expect(mail["Subject"] == "Choose a new password")
            #expect(mail["From"] == "<sso@localhost>")
            #expect(mail.body.hasPrefix("Hello anna,\n"))
            let link = try #require(mail.link)
            #expect(link.hasPrefix("\(stage.here.url)/reset?token="))

            let browser = Visitor.browser(named: "Anna's new laptop")
            let form = try await browser.get(link)
            #expect(form.status == 200)
            #expect(form.text.contains("<h1>Choose a new password</h1>") && form.text.contains("For anna."))
            #expect(form.headers(named: "Referrer-Policy") == ["no-referrer"])
            #expect(form.headers(named: "Cache-Control") == ["no-store"])

            let token = try #require(mail.token)
            let done = try await browser.post(
                stage.here, "/reset", form: [("token", token), ("new_password", newPassword)])
            #expect(done.status == 200)
            #expect(done.text.contains("Your password is changed"))
            #expect(done.headers(named: "Referrer-Policy") == ["no-referrer"])
            #expect(done.setCookies.isEmpty)

            try await expectRefreshRefused(phone.refreshToken, at: stage.servers)
            for server in stage.servers {
                let old = try await browser.signIn(at: server, username: "anna", password: password(of: "anna"))
                #expect(old.status == 401)
                #expect(try await browser.signIn(at: server, username: "anna", password: newPassword).status == 303)
            }
            let warning = try await stage.cluster.newestMail(to: email, subject: "Your password was changed")
            #expect(warning.token == nil)
            #expect(warning.link?.hasSuffix("/forgot") == true)
            #expect(try await stage.database.counts() == ["anna": 1])
            // Both are in the record, with where they came from, though the mail was queued after its answer.
            let events = try await stage.database.rows(
                """
                SELECT event, server, address FROM audit WHERE event IN ('reset_mail_asked', 'password_reset')
                ORDER BY id
                """
            ).map { $0.joined(separator: " ") }
            let (here, there) = (stage.here.name, "127.0.0.1")
            #expect(events == ["reset_mail_asked \(here) \(there)", "password_reset \(here) \(there)"])
        }
    }

    @Test("A link that was used is refused by both servers, by page and by program", arguments: Direction.allCases)
    func usedTwice(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let token = try #require(try await begin(stage).link.token)
            let program = Visitor.program(named: "Anna's program")
            let first = try await program.resetPassword(at: stage.there, token: token, new: newPassword)
            #expect(first.status == 204 && first.response.body.isEmpty)
            try await expectDead(token, "token_revoked", at: stage.servers)
            #expect(try await program.signIn(at: stage.here, username: "anna", password: newPassword).status == 200)
            #expect(try await stage.database.counts() == ["anna": 1])
        }
    }

    @Test(
        "Whatever revokes Anna's tokens kills the link; signing out of one device does not",
        arguments: Direction.allCases)
    func revoked(direction: Direction) async throws {
        for way in ["/api/logout-everywhere", "/api/password", "sso users revoke", "/api/logout"] {
            try await withStage(direction) { stage in
                let (phone, mail) = try await begin(stage)
                let token = try #require(mail.token)
                switch way {
                case "sso users revoke": try await sso("users", "revoke", "anna", "--database", stage.cluster.database)
                case "/api/password":
                    let body = jsonObject([
                        "current_password": password(of: "anna"), "new_password": "another one for Anna",
                    ])
                    #expect(try await phone.post(stage.there, way, json: body).status == 200)
                default: #expect(try await phone.send("POST", stage.there, way).status == 204)
                }
                if way == "/api/logout" {
                    let answer = try await phone.resetPassword(at: stage.here, token: token, new: newPassword)
                    #expect(answer.status == 204)
                } else {
                    try await expectDead(token, "token_revoked", at: stage.servers)
                    #expect(try await stage.database.counts() == ["anna": 1])
                }
            }
        }
    }

    @Test("Of many who use one link at both servers at once, one wins", arguments: Direction.allCases)
    func race(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let token = try #require(try await begin(stage).link.token)
            let answers = try await withThrowingTaskGroup(of: (String, Int).self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let program = Visitor.program(named: "program \(index)")
                        let new = "password number \(index)"
                        let server = stage.servers[index % 2]
                        return (new, try await program.resetPassword(at: server, token: token, new: new).status)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(answers.values.sorted() == [204] + Array(repeating: 401, count: 7))
            let winner = try #require(answers.first { $0.value == 204 }?.key)
            let program = Visitor.program(named: "Anna's program")
            #expect(try await program.signIn(at: stage.there, username: "anna", password: winner).status == 200)
            #expect(try await stage.database.counts() == ["anna": 1])
        }
    }

    @Test("A password that is too short or the user name is told, and does not use the link up")
    func badPassword() async throws {
        try await withStage(.bankToRetirement) { stage in
            let token = try #require(try await begin(stage).link.token)
            let program = Visitor.program(named: "Anna's program")
            let browser = Visitor.browser(named: "Anna's browser")
            for bad in ["", "short", String(repeating: "x", count: 257)] {
                expectProblem(
                    try await program.resetPassword(at: stage.here, token: token, new: bad), 422, "invalid_password")
                let page = try await browser.post(
                    stage.there, "/reset", form: [("token", token), ("new_password", bad)])
                #expect(page.status == 422)
                #expect(page.text.contains("id=\"new-error\">A password has 8 to 256 characters"))
                #expect(page.text.contains("value=\"\(token)\"") && (bad.isEmpty || !page.text.contains(bad)))
                #expect(page.headers(named: "Referrer-Policy") == ["no-referrer"])
            }
            #expect(try await stage.database.counts() == ["anna": 0])
            #expect(try await program.resetPassword(at: stage.here, token: token, new: newPassword).status == 204)
        }
    }

    @Test("Looking at a link changes nothing, however often")
    func looking() async throws {
        try await withStage(.retirementToBank) { stage in
            let (phone, mail) = try await begin(stage)
            let link = try #require(mail.link)
            let scanner = Visitor.browser(named: "what looks into mails")
            for method in ["GET", "HEAD", "GET"] { #expect(try await scanner.send(method, link).status == 200) }
            try await expectRefreshWorks(phone, at: stage.servers, count: 0)
        }
    }

    @Test("Other tokens set no password, and the link's signs nobody in")
    func otherTokens() async throws {
        try await withStage(.bankToRetirement) { stage in
            let (phone, mail) = try await begin(stage)
            for token in [phone.accessToken, phone.refreshToken, "", "x", "a.b.c", "<script>"] {
                try await expectDead(token ?? "", "token_invalid", at: stage.servers)
            }
            let token = try #require(mail.token)
            try await expectRefreshRefused(token, at: stage.servers, "token_invalid")
            let thief = Visitor.program(named: "thief")
            thief.use(token: token)
            for server in stage.servers {
                expectProblem(try await thief.get(server, "/api/me"), 401, "token_invalid")
            }
            let browser = Visitor.browser(named: "thief's browser")
            for name in ["sso_access", "sso_refresh"] {
                browser.clearCookies()
                browser.setCookie(Cookie(name: name, value: token, domain: "127.0.0.1"))
                expectSignInAsked(try await browser.get(stage.there, "/"))
            }
            #expect(try await stage.database.counts() == ["anna": 0])
        }
    }

    /// Expects that a token sets no password anywhere, and that each page says why without showing it.
    private func expectDead(
        _ token: String, _ code: String, at servers: [ServerProcess], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for server in servers {
            let program = Visitor.program(named: "program")
            expectProblem(
                try await program.resetPassword(at: server, token: token, new: "somebody else's password"), 401, code,
                sourceLocation: sourceLocation)
            let browser = Visitor.browser(named: "browser")
            let form = [("token", token), ("new_password", "somebody else's password")]
            for page in [
                try await browser.get("\(server.url)/reset?\(formBody([("token", token)]))"),
                try await browser.post(server, "/reset", form: form),
            ] {
                #expect(page.status == 401, sourceLocation: sourceLocation)
                #expect(page.text.contains("This link does not work"), sourceLocation: sourceLocation)
                #expect(page.text.contains("href=\"/forgot\""), sourceLocation: sourceLocation)
                #expect(token.utf8.count < 10 || !page.text.contains(token), sourceLocation: sourceLocation)
                #expect(!page.text.contains("<script>"), sourceLocation: sourceLocation)
                #expect(
                    page.headers(named: "Referrer-Policy") == ["no-referrer"], sourceLocation: sourceLocation)
            }
        }
    }
}
