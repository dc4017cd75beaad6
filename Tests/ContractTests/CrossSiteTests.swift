import Curl
import Harness
import Testing

@Suite("Requests from other sites")
struct CrossSiteTests {
    /// What a browser says about a request that another site made it send.
    private static func foreign(to stage: Stage) -> [[Header]] {
        let evil = Header("Origin", "https://evil.example")
        let origins = [
            "https://evil.example", "null", "", "\(stage.here.url).evil.example", "http://127.0.0.1",
            "http://127.0.0.1:1",
            stage.there.url.replacing("http:", with: "https:"), "http://localhost:\(stage.there.port)", "file://",
            "\(stage.here.url)@evil.example",
        ]
        return origins.map { [Header("Origin", $0)] } + [
            [Header("Sec-Fetch-Site", "cross-site"), evil], [Header("Sec-Fetch-Site", "same-site"), evil],
            [Header("Sec-Fetch-Site", "cross-site")], [Header("Sec-Fetch-Site", "same-site")],
            [Header("Sec-Fetch-Site", "cross-site"), Header("Origin", "null")],
        ]
    }

    /// What a browser says about a request from a page of this server or of the peer, and what others say.
    private static func ours(_ stage: Stage) -> [[Header]] {
        [
            [Header("Origin", stage.there.url)], [Header("Origin", stage.here.url)],
            [Header("Sec-Fetch-Site", "same-origin"), Header("Origin", stage.there.url)],
            [Header("Sec-Fetch-Site", "same-site"), Header("Origin", stage.here.url)],
            [Header("Sec-Fetch-Site", "cross-site"), Header("Origin", stage.here.url)],
            [Header("Sec-Fetch-Site", "same-origin")], [],
        ]
    }

    private static let form = Header("Content-Type", "application/x-www-form-urlencoded")
    private static let json = Header("Content-Type", "application/json")

    @Test("A foreign site can sign nobody in and register nobody", arguments: Direction.allCases)
    func signIn(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let program = try await stage.signedInProgram()
            let alice = Array(formBody([("username", "alice"), ("password", goodPassword)]).utf8)
            let mallory = Array(formBody([("username", "mallory"), ("password", goodPassword)]).utf8)
            let stranger = Visitor.program(named: "stranger")
            for headers in Self.foreign(to: stage) {
                for (path, body) in [("/login", alice), ("/register", mallory)] {
                    let answer = try await stranger.send(
                        "POST", stage.there, path, headers: [Self.form] + headers, body: body)
                    expectProblem(answer, 403, "cross_site_request", "\(path) \(headers)")
                }
            }
            let login = try await program.signIn(at: stage.there, username: "mallory", password: goodPassword)
            expectProblem(login, 401, "invalid_credentials")

            for headers in Self.ours(stage) {
                let answer = try await stranger.send(
                    "POST", stage.there, "/login", headers: [Self.form] + headers, body: alice)
                #expect(answer.status == 303, "\(headers)")
                #expect(answer.setCookie(named: "sso_refresh") != nil, "\(headers)")
            }
            let answer = try await stranger.send(
                "POST", stage.there, "/register", headers: [Self.form, Header("Origin", stage.here.url)], body: mallory)
            #expect(answer.status == 303)
        }
    }

    @Test("A foreign site can sign nobody out", arguments: Direction.allCases, ["/logout", "/logout-everywhere"])
    func signOut(_ direction: Direction, _ path: String) async throws {
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "alice's browser")
            let tokens = try Tokens(of: try await stage.signedInProgram())
            let cookie = Header("Cookie", "sso_access=\(tokens.access); sso_refresh=\(tokens.refresh)")
            for headers in Self.foreign(to: stage) {
                let answer = try await program.send(
                    "POST", stage.there, path, headers: [Self.form, cookie] + headers, body: [])
                expectProblem(answer, 403, "cross_site_request", "\(headers)")
            }
            program.use(refreshToken: tokens.refresh)
            #expect(try await program.refresh(at: stage.there).status == 200)

            // The peer's page may.
            let answer = try await program.send(
                "POST", stage.there, path,
                headers: [Self.form, cookie, Header("Sec-Fetch-Site", "same-site"), Header("Origin", stage.here.url)],
                body: [])
            #expect(answer.status == 303)
            expectRefusedToken(try await program.refresh(at: stage.there), "token_revoked")
        }
    }

    @Test("A foreign site can change nothing below /api by cookies", arguments: Direction.allCases)
    func cookieBorneAPI(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "alice's browser")
            let tokens = try Tokens(of: try await stage.signedInProgram())
            let cookie = Header("Cookie", "sso_access=\(tokens.access); sso_refresh=\(tokens.refresh)")
            let body = Array(jsonObject(["current_password": goodPassword, "new_password": "mallory's own"]).utf8)
            for headers in Self.foreign(to: stage) {
                for path in ["/api/logout", "/api/logout-everywhere", "/api/password"] {
                    let answer = try await program.send(
                        "POST", stage.there, path, headers: [Self.json, cookie] + headers, body: body)
                    expectProblem(answer, 403, "cross_site_request", "\(path) \(headers)")
                }
            }
            program.use(refreshToken: tokens.refresh)
            #expect(try await program.refresh(at: stage.there).status == 200)
            program.use(token: nil)

            let answer = try await program.send(
                "POST", stage.there, "/api/logout", headers: [cookie, Header("Origin", stage.here.url)])
            #expect(answer.status == 204)
            expectRefusedToken(try await program.refresh(at: stage.here), "token_revoked")
        }
    }

    @Test("A foreign site can do nothing at any other path that is posted to", arguments: Direction.allCases)
    func everyPath(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.program(named: "alice's browser")
            let tokens = try Tokens(of: try await stage.signedInProgram())
            let cookie = Header("Cookie", "sso_access=\(tokens.access); sso_refresh=\(tokens.refresh)")
            let session = try #require(try await browser.get(stage.here, "/api/me", headers: [cookie]).json("sid"))
            let forms = [
                ("/password", [("current_password", goodPassword), ("new_password", "mallory's own")]),
                ("/devices/end", [("session", session)]), ("/forgot", [("username", "alice")]),
            ]
            let calls: [(String, KeyValuePairs<String, String>)] = [
                ("/api/login", ["username": "alice", "password": goodPassword]),
                ("/api/register", ["username": "mallory", "password": goodPassword]),
                ("/api/password/forgot", ["username": "alice"]),
            ]
            for headers in Self.foreign(to: stage) {
                for (path, fields) in forms {
                    let answer = try await browser.send(
                        "POST", stage.there, path, headers: [Self.form, cookie] + headers,
                        body: Array(formBody(fields).utf8))
                    expectProblem(answer, 403, "cross_site_request", "\(path) \(headers)")
                }
                for (path, members) in calls {
                    let answer = try await browser.send(
                        "POST", stage.there, path, headers: [Self.json] + headers, body: Array(jsonObject(members).utf8)
                    )
                    expectProblem(answer, 403, "cross_site_request", "\(path) \(headers)")
                }
            }
            browser.use(refreshToken: tokens.refresh)
            #expect(try await browser.refresh(at: stage.there).status == 200)
        }
    }

    @Test("Cookies of ours without a word about where the post comes from do nothing", arguments: Direction.allCases)
    func silent(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.program(named: "alice's browser")
            let tokens = try Tokens(of: try await stage.signedInProgram())
            for cookie in ["sso_access=\(tokens.access)", "a=b; sso_refresh=\(tokens.refresh)"] {
                for path in ["/logout", "/logout-everywhere", "/login", "/password", "/api/logout"] {
                    let answer = try await browser.send(
                        "POST", stage.there, path, headers: [Self.form, Header("Cookie", cookie)], body: [])
                    expectProblem(answer, 403, "cross_site_request", "\(path)")
                }
            }
            browser.use(refreshToken: tokens.refresh)
            #expect(try await browser.refresh(at: stage.there).status == 200)
        }
    }

    @Test("A bearer token needs no word about the site", arguments: Direction.allCases)
    func bearer(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            for headers in Self.foreign(to: stage) {
                let signIn = try await alice.signIn(at: stage.here, username: "alice", password: goodPassword)
                #expect(signIn.status == 200)
                let answer = try await alice.send("POST", stage.there, "/api/logout", headers: headers)
                #expect(answer.status == 204, "\(headers)")
            }
            expectRefusedToken(try await alice.refresh(at: stage.there), "token_revoked")
        }
    }

    @Test("GET changes nothing", arguments: Direction.allCases)
    func getIsSafe(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            let cookies = browser.cookies
            for method in ["GET", "HEAD"] {
                let logout = try await browser.send(method, stage.there, "/logout")
                #expect(logout.status == 200)
                #expect(logout.headers(named: "Set-Cookie") == [])
                #expect(try await browser.send(method, stage.there, "/logout-everywhere").status == 405)
                #expect(try await browser.send(method, stage.there, "/api/logout").status == 405)
                #expect(try await browser.send(method, stage.there, "/api/logout-everywhere").status == 405)
                try await browser.send(method, stage.there, "/login?username=alice&password=wrong")
            }
            #expect(browser.cookies == cookies)
            let program = Visitor.program(named: "alice")
            program.use(refreshToken: browser.cookie(named: "sso_refresh"))
            #expect(try await program.refresh(at: stage.here).status == 200)
        }
    }
}
