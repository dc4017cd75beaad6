import Curl
import Harness
import Testing

@Suite("The pages")
struct PageTests {
    /// Addresses that lead elsewhere, or could.
    private static func hostile(_ stage: Stage) -> [String] {
        let peer = stage.there.url
        return [
            "//evil.example", "/\\evil.example", "\\\\evil", "\\/evil.example", "https:evil.example",
            "http:evil.example",
            "https://evil.example", "HTTPS://evil.example/", "///evil.example", "////evil.example", "evil.example",
            "\(peer).evil.example/", "\(peer)@evil.example/", "\(peer)evil", "\(peer)\\@evil.example",
            "\(peer):80/", "http://user@127.0.0.1:\(stage.there.port)/", peer.replacing("http:", with: "https:"),
            "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\r\n/evil.example",
            "/\n/evil.example", "\t//evil.example", " //evil.example", "/ok\r\nSet-Cookie: sso_access=x", "/\u{0}",
            "/é", "", String(repeating: "/a", count: 4000), "?x=y", "#x", ".", "..",
        ]
    }

    @Test("return_to takes paths of this server and addresses of the peer's", arguments: Direction.allCases)
    func goodReturnTo(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            for target in [
                "/", "/plan?year=2040&x=%2F", "/a/b#c", stage.there.url, "\(stage.there.url)/",
                "\(stage.there.url)/x?y=z",
            ] {
                let answer = try await signIn(browser, at: stage.here, returnTo: target)
                #expect(answer.status == 303, "\(target)")
                #expect(answer.headers(named: "Location") == [target])
            }
        }
    }

    @Test("Every other return_to leads home", arguments: Direction.allCases)
    func hostileReturnTo(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            for target in Self.hostile(stage) {
                let answer = try await signIn(browser, at: stage.here, returnTo: target)
                #expect(answer.status == 303, "\(target.debugDescription.prefix(80))")
                #expect(answer.headers(named: "Location") == ["/"], "\(target.debugDescription.prefix(80))")
                #expect(answer.response.setCookies.count == 2, "\(target.debugDescription.prefix(80))")
            }
            let plain = try await browser.signIn(at: stage.here, username: "alice", password: goodPassword)
            #expect(plain.headers(named: "Location") == ["/"])
        }
    }

    @Test("The form does not carry on a hostile return_to, but does a good one", arguments: Direction.allCases)
    func returnToInForm(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "somebody")
            for path in ["/login", "/register"] {
                for target in Self.hostile(stage) {
                    let page = try await browser.get(stage.here, "\(path)?\(formBody([("return_to", target)]))")
                    #expect(page.status == 200, "\(target.debugDescription.prefix(80))")
                    #expect(
                        page.response.text.contains(#"name="return_to" value="/""#),
                        "\(path) \(target.debugDescription.prefix(80))")
                }
                let page = try await browser.get(
                    stage.here, "\(path)?\(formBody([("return_to", "\(stage.there.url)/x")]))")
                #expect(page.response.text.contains("\(stage.there.url)/x"))
            }
        }
    }

    @Test("Who is not signed in comes back to where they wanted to go", arguments: Direction.allCases)
    func wayBack(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "alice")
            try await browser.register(at: stage.here, username: "alice", password: goodPassword)
            let refused = try await browser.get(stage.there, "/")
            expectSentToSignIn(refused)
            let page = try await browser.get(stage.there, try #require(refused.header("Location")))
            #expect(page.status == 200)
            #expect(page.response.text.contains(#"name="return_to" value="/""#))
            let answer = try await signIn(browser, at: stage.there, returnTo: "/")
            #expect(answer.header("Location") == "/")
            let home = try await browser.get(stage.there, "/")
            #expect(home.status == 200)
            #expect(home.header("Content-Type") == "text/html; charset=utf-8")
            #expect(home.response.text.contains("<strong>alice</strong>"))
            #expect(home.response.text.contains("<strong>\(stage.there.name)</strong>"))
        }
    }

    @Test("A failed sign-in shows the name escaped, and never the password", arguments: Direction.allCases)
    func escaped(_ direction: Direction) async throws {
        let names = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "{{title}}",
            "&lt;b&gt;",
        ]
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "mallory")
            for path in ["/login", "/register"] {
                for name in names {
                    let answer = try await browser.post(
                        stage.here, path, form: [("username", name), ("password", "s3cret-\"<pass>")])
                    #expect(answer.status == (path == "/login" ? 401 : 422), "\(path) \(name)")
                    #expect(answer.header("Content-Type") == "text/html; charset=utf-8")
                    let text = answer.response.text
                    #expect(text.contains("value=\"\(escapedForHTML(name))\""), "\(path) \(name)")
                    #expect(
                        !text.contains("<script") && !text.contains("<img") && !text.contains("' onfocus"), "\(name)")
                    #expect(!text.contains("s3cret"), "\(path) \(name)")
                    #expect(answer.headers(named: "Set-Cookie") == [])
                }
            }
        }
    }

    @Test(
        "A page may run no script but ours, be framed by nobody, and be taken for nothing else",
        arguments: Direction.allCases)
    func pageHeaders(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            for path in ["/", "/login", "/register", "/logout", "/nothing"] {
                let page = try await browser.get(stage.there, path)
                let policy = try #require(page.header("Content-Security-Policy"))
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(path)")
                #expect(page.header("X-Content-Type-Options") == "nosniff", "\(path)")
                // The X-ray counts down with a script of its own, in a file of its own.
                let script = "<script src=\"/assets/xray.js\" defer></script>"
                #expect(!page.response.text.replacing(script, with: "").contains("<script"), "\(path)")
                #expect(!policy.contains("unsafe"), "\(path)")
            }
        }
    }

    @Test("A failed sign-in keeps its return_to", arguments: Direction.allCases)
    func secondTry(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "alice")
            let target = "\(stage.there.url)/"
            let failed = try await browser.post(
                stage.here, "/login",
                form: [("username", "alice"), ("password", "wrong password"), ("return_to", target)])
            #expect(failed.status == 401)
            #expect(failed.response.text.contains("name=\"return_to\" value=\"\(target)\""))
        }
    }

    private func signIn(_ browser: Visitor, at server: ServerProcess, returnTo: String) async throws -> Exchange {
        try await browser.post(
            server, "/login", form: [("username", "alice"), ("password", goodPassword), ("return_to", returnTo)])
    }

    private func escapedForHTML(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
