import Curl
import Harness
import Testing

@Suite("The lab")
struct LabTests {
    private static let lab: Cluster.Options = {
        var options = Cluster.Options()
        options.arguments = ["--lab"]
        return options
    }()

    /// The same, on servers that hear nothing of revocations.
    private static let deafLab: Cluster.Options = {
        var options = lab
        options.arguments += ["--revocations", "off"]
        return options
    }()

    /// What each experiment makes of GET /, and what the reason says.
    private static let experiments: [(name: String, status: Int, reason: String)] = [
        ("expire-access", 200, "Your access token had expired"),
        ("change-character", 303, "the token&#39;s signature is not valid"),
        ("drop-access", 200, "No access token came"),
        ("refresh-as-access", 303, "the token is of another type than is needed here"),
        ("other-secret", 303, "the token&#39;s signature is not valid"),
        ("alg-none", 303, "the token&#39;s algorithm is not HS256"),
    ]

    @Test(
        "Each button shows the request, the answer and the reason; then the browser meets the same",
        arguments: Direction.allCases)
    func buttons(_ direction: Direction) async throws {
        try await onStage(direction, Self.lab) { stage in
            let browser = try await stage.signedInBrowser()
            for (name, status, reason) in Self.experiments {
                let page = try await browser.post(stage.here, "/lab/\(name)", form: [])
                #expect(page.status == 200, "\(name)")
                #expect(page.text.contains("HTTP/1.1 \(status) "), "\(name)")
                #expect(page.text.contains(reason), "\(name)")
                for server in [stage.there, stage.here] {
                    #expect(try await browser.get(server, "/").status == status, "\(name) at \(server.name)")
                }
                browser.clearCookies()
                try await browser.signIn(at: stage.here, username: "alice", password: goodPassword)
            }
        }
    }

    @Test(
        "Hacked, and nobody hears of it: the access token holds until it expires, the refresh token is dead at once",
        arguments: Direction.allCases)
    func hacked(_ direction: Direction) async throws {
        try await onStage(direction, Self.deafLab) { stage in
            let browser = try await stage.signedInBrowser()
            let bob = try await stage.signedInBrowser("bob")
            let page = try await browser.post(stage.here, "/lab/hacked", form: [])
            #expect(page.text.contains("HTTP/1.1 200 ") && page.text.contains("HTTP/1.1 303 "))
            #expect(page.text.contains("it carries count 0, and yours in the database is now 1"))
            #expect(try await browser.get(stage.there, "/").status == 200)
            browser.dropCookie(named: "sso_access")
            expectSentToSignIn(try await browser.get(stage.there, "/"))
            bob.dropCookie(named: "sso_access")
            #expect(try await bob.get(stage.there, "/").status == 200)
        }
    }

    @Test("Hacked: the server has heard of it, and neither token gets in", arguments: Direction.allCases)
    func hackedAndHeardOf(_ direction: Direction) async throws {
        try await onStage(direction, Self.lab) { stage in
            let browser = try await stage.signedInBrowser()
            let page = try await browser.post(stage.here, "/lab/hacked", form: [])
            #expect(page.status == 200)
            #expect(page.text.contains("HTTP/1.1 303 ") && !page.text.contains("HTTP/1.1 200 "))
            #expect(page.text.contains("it carries count 0, and yours in the database is now 1"))
            expectSentToSignIn(try await browser.get(stage.here, "/"))
        }
    }

    @Test("A token that is revoked adds nothing to the count", arguments: Direction.allCases)
    func revokedAsker(_ direction: Direction) async throws {
        try await onStage(direction, Self.deafLab) { stage in
            let owner = try await stage.signedInBrowser()
            let thief = Visitor.browser(named: "thief")
            for cookie in owner.cookies where cookie.name == "sso_access" { thief.setCookie(cookie) }
            try await owner.post(stage.here, "/logout-everywhere", form: [])
            try await owner.signIn(at: stage.here, username: "alice", password: goodPassword)
            #expect(try await thief.post(stage.here, "/lab/hacked", form: []).status == 401)
            owner.dropCookie(named: "sso_access")
            #expect(try await owner.get(stage.there, "/").status == 200)
        }
    }

    @Test("No page of the lab holds a usable token", arguments: Direction.allCases)
    func noUsableToken(_ direction: Direction) async throws {
        try await onStage(direction, Self.lab) { stage in
            let browser = try await stage.signedInBrowser()
            for name in Self.experiments.map(\.name) + ["hacked"] {
                let good = browser.cookies
                let page = try await browser.post(stage.here, "/lab/\(name)", form: [])
                for token in (good + browser.cookies).map(\.value) where !token.hasSuffix(".") && token.count > 100 {
                    let signature = try #require(token.split(separator: ".").last)
                    #expect(!page.text.contains(signature.dropFirst(9)), "\(name)")
                }
                browser.clearCookies()
                for cookie in good { browser.setCookie(cookie) }
            }
        }
    }

    @Test("Every page says that the lab is on", arguments: Direction.allCases)
    func banner(_ direction: Direction) async throws {
        try await onStage(direction, Self.lab) { stage in
            let browser = try await stage.signedInBrowser()
            for path in ["/", "/login", "/register", "/logout", "/devices", "/password", "/lab", "/nothing"] {
                #expect(try await browser.get(stage.here, path).text.contains("This server runs with"), "\(path)")
            }
        }
    }

    @Test("It needs a sign-in and a page of ours", arguments: Direction.allCases)
    func guarded(_ direction: Direction) async throws {
        try await onStage(direction, Self.lab) { stage in
            let stranger = Visitor.browser(named: "stranger")
            expectSentToSignIn(try await stranger.get(stage.here, "/lab"))
            expectSentToSignIn(try await stranger.post(stage.here, "/lab/hacked", form: []))
            let browser = try await stage.signedInBrowser()
            let forged = try await browser.post(
                stage.here, "/lab/hacked", form: [],
                headers: [Header("Sec-Fetch-Site", "cross-site"), Header("Origin", "https://evil.example")])
            #expect(forged.status == 403)
        }
    }

    @Test("Without --lab nothing of it exists", arguments: Direction.allCases)
    func off(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            #expect(try await browser.get(stage.here, "/lab").status == 404)
            #expect(try await browser.get(stage.here, "/lessons").status == 404)
            for name in Self.experiments.map(\.name) + ["hacked"] {
                #expect(try await browser.post(stage.here, "/lab/\(name)", form: []).status == 404, "\(name)")
            }
            #expect(!(try await browser.get(stage.here, "/")).text.contains("--lab"))
        }
    }

    @Test("A server with the lab listens on loopback only", arguments: serverNames)
    func loopback(_ server: String) async throws {
        try await withFolder { folder in
            let keys = "\(folder)/keys.json"
            try await Cluster.makeKeys(at: keys)
            for host in ["0.0.0.0", "::", "192.0.2.1", "127.evil.example"] {
                let result = try await run(
                    server,
                    ["--lab", "--host", host, "--port", "0", "--keys", keys, "--database", "sqlite:\(folder)/db"],
                    timeout: .seconds(20))
                expectRefusedStart(result, 78, of: server, "\(host)")
                #expect(result.standardError.contains("loopback"))
            }
        }
    }
}
