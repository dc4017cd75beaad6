import Curl
import Foundation
import Harness
import Testing

@Suite("The X-ray on the pages")
struct XRayTests {
    /// What the panel says under a name.
    private func fact(_ name: String, on page: Exchange) -> String? {
        let parts = page.text.split(separator: "<dt>\(name)</dt><dd>")
        return parts.count == 2 ? parts[1].split(separator: "</dd>").first.map(String.init) : nil
    }

    @Test("An access token that was enough: who issued it, which key, no statement", arguments: Direction.allCases)
    func letIn(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            for path in ["/", "/devices", "/password"] {
                let page = try await browser.get(stage.there, path)
                #expect(page.text.contains("<span class=\"verdict let-in\">let in</span>"), "\(path)")
                #expect(fact("Cookie", on: page) == "sso_access")
                #expect(fact("Issued by", on: page) == stage.here.name)
                #expect(fact("Count", on: page) == "0")
                #expect(fact("Statements of the check", on: page) == "0")
                let left = page.text.firstMatch(of: /data-expires="([0-9]+)" data-now="([0-9]+)">([0-9]+) s</)
                #expect((880...900).contains(left.flatMap { Int($0.3) } ?? 0), "\(path)")
            }
        }
    }

    @Test("The token is shown in its parts, and never enough of it to be used", arguments: Direction.allCases)
    func cutShort(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            let access = try #require(browser.cookie(named: "sso_access"))
            let refresh = try #require(browser.cookie(named: "sso_refresh"))
            browser.dropCookie(named: "sso_access")
            let renewed = try await browser.get(stage.there, "/")
            let fresh = try #require(browser.cookie(named: "sso_access"))
            for page in [
                renewed, try await browser.get(stage.here, "/"), try await browser.get(stage.here, "/devices"),
            ] {
                #expect(page.status == 200)
                for token in [access, refresh, fresh] {
                    let signature = try #require(token.split(separator: ".").last)
                    #expect(!page.text.contains(signature))
                    #expect(!page.text.contains(signature.dropFirst(9).prefix(12)))
                }
                let parts = fresh.split(separator: ".")
                #expect(page.text.contains(parts[1]) && page.text.contains("\(parts[2].prefix(8))…"))
                #expect(page.text.contains("&quot;name&quot;: &quot;alice&quot;"))
            }
        }
    }

    @Test("A renewal says what was compared, and what it cost", arguments: Direction.allCases)
    func renewed(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            browser.dropCookie(named: "sso_access")
            let page = try await browser.get(stage.there, "/")
            #expect(page.text.contains("<span class=\"verdict renewed\">renewed</span>"))
            #expect(page.text.contains("No access token came."))
            #expect(page.text.contains("both are 0"))
            #expect(fact("Cookie", on: page) == "sso_refresh")
            #expect(fact("Issued by", on: page) == stage.here.name)
            #expect(fact("New", on: page)?.contains("issued by \(stage.there.name)") == true)
            #expect(fact("Statements of the check", on: page) == "1")
        }
    }

    /// The sentence on the sign-in page to which a browser is sent.
    private func refusal(_ browser: Visitor, _ server: ServerProcess) async throws -> String {
        expectSentToSignIn(try await browser.get(server, "/"))
        let page = try await browser.get(server, "/login?return_to=/")
        #expect(page.status == 200)
        #expect(page.text.contains("<span class=\"verdict refused\">refused</span>"))
        #expect(page.response.setCookies.isEmpty)
        return page.text
    }

    @Test("The sign-in page says why the cookies that came were refused", arguments: Direction.allCases)
    func refused(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            let program = Visitor.program(named: "alice")
            let access = try #require(browser.cookie(named: "sso_access"))

            browser.changeCookie(named: "sso_access", to: access + "A")
            #expect(try await refusal(browser, stage.there).contains("Your access token was refused"))
            #expect(try await refusal(browser, stage.here).contains("is not renewed, even beside a good refresh token"))

            browser.dropCookie(named: "sso_access")
            try await program.signIn(at: stage.here, username: "alice", password: goodPassword)
            try await program.send("POST", stage.here, "/api/logout-everywhere")
            let counted = try await refusal(browser, stage.there)
            #expect(counted.contains("it carries count 0, and yours in the database is now 1"))

            try await browser.signIn(at: stage.here, username: "alice", password: goodPassword)
            let refresh = try #require(browser.cookie(named: "sso_refresh"))
            try await browser.post(stage.here, "/logout", form: [])
            browser.setCookie(line: "Set-Cookie: sso_refresh=\(refresh); Path=/")
            #expect(try await refusal(browser, stage.there).contains("its session was ended"))
        }
    }

    @Test("What cannot be explained keeps nobody from the sign-in page", arguments: Direction.allCases)
    func noExplanation(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            browser.dropCookie(named: "sso_access")
            try await stage.cluster.takeDatabaseAway()
            let page = try await browser.get(stage.there, "/login")
            try await stage.cluster.putDatabaseBack()
            #expect(page.status == 200 && page.text.contains("name=\"password\"") && !page.text.contains("xray"))

            let ambiguous = [Header("Cookie", "sso_access=a; sso_access=b")]
            let stranger = Visitor.browser(named: "stranger")
            #expect(try await stranger.get(stage.there, "/login", headers: ambiguous).status == 200)
        }
    }

    @Test(
        "Without cookies, and when all is well, the sign-in page has nothing to explain", arguments: Direction.allCases)
    func nothingToSay(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let stranger = try await Visitor.browser(named: "stranger").get(stage.here, "/login")
            #expect(!stranger.text.contains("xray"))
            let browser = try await stage.signedInBrowser()
            #expect(!(try await browser.get(stage.there, "/login")).text.contains("xray"))
        }
    }
}
