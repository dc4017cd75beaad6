import Curl
import Foundation
import Harness
import Testing

@Suite("What stands on every page, and what no request can put there")
struct PageHeaderTests {
    private static let pages = [
        "/", "/login", "/register", "/logout", "/devices", "/password", "/lab", "/lessons", "/nowhere",
        "/login?return_to=//evil", "/%00", "/assets/none",
    ]

    /// A page says what may load and who may frame it, and is kept by nobody.
    private func expectPage(_ answer: Exchange, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) {
        guard answer.header("Content-Type")?.hasPrefix("text/html") == true else {
            // A redirect has no page.
            #expect(answer.status == 303 && answer.response.body.isEmpty, comment, sourceLocation: sourceLocation)
            return
        }
        let policy = answer.headers(named: "Content-Security-Policy")
        #expect(policy.count == 1, comment, sourceLocation: sourceLocation)
        for rule in ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
            #expect(policy.first?.contains(rule) == true, comment, sourceLocation: sourceLocation)
        }
        #expect(policy.first?.contains("unsafe") == false, comment, sourceLocation: sourceLocation)
        #expect(answer.headers(named: "Cache-Control") == ["no-store"], comment, sourceLocation: sourceLocation)
        #expect(answer.headers(named: "X-Content-Type-Options") == ["nosniff"], comment, sourceLocation: sourceLocation)
        #expect(
            answer.headers(named: "Referrer-Policy") == ["strict-origin-when-cross-origin"], comment,
            sourceLocation: sourceLocation)
    }

    @Test("Every page, errors too, says what browsers may do with it", arguments: ["tokens", "sessions"])
    func everyPage(_ auth: String) async throws {
        var options = Cluster.Options()
        options.arguments = ["--auth", auth] + (auth == "tokens" ? ["--lab"] : [])
        try await onStage(.bankToRetirement, options) { stage async throws in
            let alice = try await stage.signedInBrowser()
            for visitor in [Visitor.browser(named: "stranger"), alice] {
                for page in Self.pages { expectPage(try await visitor.get(stage.here, page), "\(page)") }
                for path in ["/login", "/register", "/password", "/devices/end", "/lab", "/logout", "/nowhere"] {
                    // Each of them wrong in a way of its own: too large, no form, from elsewhere, of the wrong method.
                    let large = String(repeating: "a", count: 20_000)
                    expectPage(try await visitor.post(stage.here, path, form: [("username", large)]), "\(path) large")
                    expectPage(try await visitor.post(stage.here, path, json: "{}"), "\(path) no form")
                    expectPage(
                        try await visitor.post(
                            stage.here, path, form: [],
                            headers: [Header("Origin", "https://evil.example"), Header("Sec-Fetch-Site", "cross-site")]),
                        "\(path) from elsewhere")
                    expectPage(try await visitor.send("DELETE", stage.here, path), "\(path) deleted")
                }
                expectPage(
                    try await visitor.signIn(at: stage.here, username: "alice", password: "wrong"), "wrong password")
            }
        }
    }

    /// Ways to end a line that somebody might let through.
    private static let lineEnds = [
        "\r\n", "\n", "\r", "\n\n", "\r\r\n", "%0d%0a", "%0a", "%0d", "%250d%250a", "%E5%98%8A%E5%98%8D",
        "\u{560A}\u{560D}",
        "\u{2028}", "\u{2029}", "\u{85}", "\u{B}", "\u{C}", "\\r\\n", "&#13;&#10;", "\u{0}\r\n", "%c4%8d%c4%8a",
        "\u{10D}\u{10A}",
    ]

    @Test("Nothing that a visitor sends begins a header or a second answer", arguments: Direction.allCases)
    func splitting(_ direction: Direction) async throws {
        try await onStage(direction) { stage async throws in
            let alice = try await stage.signedInBrowser()
            func expectWhole(_ answer: Exchange, _ comment: Comment) {
                for name in ["Injected", "Set-Evil"] {
                    #expect(answer.headers(named: name) == [], comment)
                    #expect(
                        !answer.headers.contains { $0.value.lowercased().contains("\(name.lowercased()): ") }, comment)
                }
                #expect(!answer.headers.contains { $0.value.utf8.contains { $0 < 0x20 && $0 != 9 } }, comment)
                #expect(!answer.response.setCookies.contains { $0.name == "evil" }, comment)
            }
            for end in Self.lineEnds {
                let text = "/x\(end)Injected: yes\(end)Set-Cookie: evil=1\(end)\(end)<script>"
                // In a link, what is not encoded yet has to be, or is sent as it is where that can be.
                let encoded = formBody([("return_to", text)])
                var links = ["/login?\(encoded)", "/register?\(encoded)", "/\(encoded)", "/devices?\(encoded)"]
                if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { links += ["/login?return_to=\(text)", text] }
                for link in links { expectWhole(try await alice.get(stage.here, link), "\(link)") }
                for (path, fields) in [
                    ("/login", [("username", "alice"), ("password", goodPassword), ("return_to", text)]),
                    ("/login", [("username", text), ("password", text), ("return_to", "/")]),
                    ("/register", [("username", text), ("password", text), ("return_to", text)]),
                    ("/devices/end", [("session", text)]),
                    ("/password", [("current_password", text), ("new_password", text)]),
                ] {
                    expectWhole(try await alice.post(stage.here, path, form: fields), "\(path) \(end.debugDescription)")
                }
                let api = jsonObject(["username": text, "password": text])
                for path in ["/api/login", "/api/register"] {
                    expectWhole(try await alice.post(stage.here, path, json: api), "\(path) \(end.debugDescription)")
                }
            }
        }
    }

    @Test("Bytes that end a line are no part of a request line or a header")
    func rawLineEnds() async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            for head in [
                "GET /login?return_to=/x\rInjected: yes HTTP/1.1\r\nHost: a\r\n",
                "GET /login?return_to=/x\u{0} HTTP/1.1\r\nHost: a\r\n",
                "GET /login HTTP/1.1\r\nHost: a\r\nOrigin: x\rInjected: yes\r\n",
                "GET /login HTTP/1.1\r\nHost: a\rInjected: yes\r\n", "GET /login HTTP/1.1\r\nHost: a\r\nX : y\r\n",
                "GET /login HTTP/1.1\r\nHost: a\r\nX: y\r\n continued\r\n",
            ] {
                let connection = try RawConnection(to: stage.here.port)
                await connection.send(head + "Connection: close\r\n\r\n")
                let (answer, _) = await connection.readToEnd()
                #expect(!answer.contains("Injected"), "\(answer)")
                // One answer at the most.
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count <= 2, "\(answer)")
            }
        }
    }

    @Test("GET and HEAD change nothing, at no path that takes a post")
    func safeMethods() async throws {
        var options = Cluster.Options()
        options.arguments = ["--lab"]
        try await onStage(.bankToRetirement, options) { stage async throws in
            let alice = try await stage.signedInBrowser()
            let fields = formBody([
                ("username", "alice"), ("password", goodPassword), ("current_password", goodPassword),
                ("new_password", "another pass phrase"), ("refresh_token", alice.cookie(named: "sso_refresh") ?? ""),
            ])
            let posts = [
                "/login", "/register", "/logout", "/logout-everywhere", "/password", "/devices/end", "/lab",
                "/api/login",
                "/api/register", "/api/refresh", "/api/logout", "/api/logout-everywhere", "/api/password",
            ]
            let cookies = alice.cookies
            for path in posts {
                for method in ["GET", "HEAD"] {
                    let answer = try await alice.send(method, stage.here, "\(path)?\(fields)")
                    #expect([200, 303, 405].contains(answer.status), "\(path)")
                    #expect(answer.headers(named: "Set-Cookie") == [], "\(path)")
                    // What reads reads: nothing is written, so at most one session's page is looked up.
                    #expect((answer.response.serverTiming?.db ?? 0) <= 1, "\(path)")
                }
            }
            #expect(alice.cookies == cookies)
            let program = Visitor.program(named: "alice's program")
            program.use(refreshToken: alice.cookie(named: "sso_refresh"))
            #expect(try await program.refresh(at: stage.there).status == 200)
            #expect(try await program.signIn(at: stage.there, username: "alice", password: goodPassword).status == 200)
        }
    }
}
