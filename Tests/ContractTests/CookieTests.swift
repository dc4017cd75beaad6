import Curl
import Harness
import Testing

@Suite("Cookies as the contract says")
struct CookieTests {
    private static let names = ["sso_access", "sso_refresh"]

    @Test(
        "Signing in and registering set two cookies of exactly this text", arguments: Direction.allCases,
        ["/login", "/register"])
    func exactText(_ direction: Direction, _ path: String) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "alice")
            if path == "/login" {
                try await browser.register(at: stage.here, username: "alice", password: goodPassword)
            }
            let answer = try await browser.post(
                stage.here, path, form: [("username", "alice"), ("password", goodPassword)])
            #expect(answer.status == 303)
            let (access, refresh) = try values(answer)
            #expect(
                answer.headers(named: "Set-Cookie") == [
                    "sso_access=\(access); HttpOnly; SameSite=Lax; Path=/; Max-Age=900",
                    "sso_refresh=\(refresh); HttpOnly; SameSite=Lax; Path=/; Max-Age=604800",
                ])
            #expect(try Draft(of: access).header["typ"] == "\"at+jwt\"")
            #expect(try Draft(of: refresh).header["typ"] == "\"rt+jwt\"")
            // Cookies ignore ports, so on 127.0.0.1 the other server gets them too.
            #expect(try await browser.get(stage.there, "/").status == 200)
        }
    }

    @Test("Max-Age follows the tokens' lives", arguments: Direction.allCases)
    func maxAge(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--access-ttl", "61", "--refresh-ttl", "3601"]
        try await onStage(direction, options) { stage in
            let browser = try await stage.signedInBrowser()
            let answer = try #require(browser.exchanges.last)
            #expect(answer.setCookie(named: "sso_access")?["Max-Age"] == "61")
            #expect(answer.setCookie(named: "sso_refresh")?["Max-Age"] == "3601")
            let program = Visitor.program(named: "alice")
            let tokens = try await program.signIn(at: stage.there, username: "alice", password: goodPassword)
            #expect(tokens.jsonInteger("expires_in") == 61)
            #expect(tokens.jsonInteger("refresh_expires_in") == 3601)
        }
    }

    @Test(
        "Secure cookies have Secure and the prefix, by the public URL or when asked", arguments: Direction.allCases,
        Secure.allCases)
    func secure(_ direction: Direction, _ how: Secure) async throws {
        var options = Cluster.Options()
        options.arguments = how.arguments
        try await onStage(direction, options) { stage in
            let browser = try await stage.signedInBrowser()
            let answer = try #require(browser.exchanges.last)
            let (access, refresh) = try values(answer, prefix: "__Secure-")
            #expect(
                answer.headers(named: "Set-Cookie") == [
                    "__Secure-sso_access=\(access); HttpOnly; SameSite=Lax; Path=/; Max-Age=900; Secure",
                    "__Secure-sso_refresh=\(refresh); HttpOnly; SameSite=Lax; Path=/; Max-Age=604800; Secure",
                ])
            let program = Visitor.program(named: "program")
            func me(_ cookie: String) async throws -> Exchange {
                try await program.get(stage.there, "/api/me", headers: [Header("Cookie", cookie)])
            }
            #expect(try await me("__Secure-sso_access=\(access)").status == 200)
            // Without the prefix anybody on plain http could have set it.
            expectProblem(try await me("sso_access=\(access)"), 401, "token_missing")
        }
    }

    @Test("With --cookie-secure never there is no Secure, even over https", arguments: Direction.allCases)
    func neverSecure(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--public-url", "https://bank.example", "--cookie-secure", "never"]
        try await onStage(direction, options) { stage in
            let answer = try #require(try await stage.signedInBrowser().exchanges.last)
            let (access, _) = try values(answer)
            #expect(
                answer.headers(named: "Set-Cookie").first
                    == "sso_access=\(access); HttpOnly; SameSite=Lax; Path=/; Max-Age=900")
        }
    }

    @Test("With a cookie domain, the cookies name it and reach the sibling", arguments: Direction.allCases)
    func domain(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
        options.arguments = ["--cookie-domain", "sso.localhost"]
        try await onStage(direction, options) { stage in
            let browser = try await stage.signedInBrowser()
            let answer = try #require(browser.exchanges.last)
            let (access, refresh) = try values(answer)
            #expect(
                answer.headers(named: "Set-Cookie") == [
                    "sso_access=\(access); HttpOnly; SameSite=Lax; Path=/; Max-Age=900; Domain=sso.localhost",
                    "sso_refresh=\(refresh); HttpOnly; SameSite=Lax; Path=/; Max-Age=604800; Domain=sso.localhost",
                ])
            let home = try await browser.get(stage.there, "/")
            #expect(home.status == 200)
            #expect(home.response.text.contains("alice"))

            // Only a cookie with the same domain takes the old one away.
            let out = try await browser.post(stage.there, "/logout", form: [])
            #expect(out.response.setCookies.map { $0["Domain"] } == ["sso.localhost", "sso.localhost"])
            #expect(browser.cookies.isEmpty)
            let after = try await browser.get(stage.here, "/")
            expectSentToSignIn(after)
            #expect(!after.sentHead.contains("sso_"))
        }
    }

    @Test("Without a cookie domain, the sibling host does not get the cookies", arguments: Direction.allCases)
    func hostOnly(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
        try await onStage(direction, options) { stage in
            let browser = try await stage.signedInBrowser()
            #expect(try #require(browser.exchanges.last).response.setCookies.allSatisfy { !$0.has("Domain") })
            #expect(try await browser.get(stage.here, "/").status == 200)
            expectSentToSignIn(try await browser.get(stage.there, "/"))
        }
    }

    @Test("Signing out clears both cookies", arguments: Direction.allCases, ["/logout", "/logout-everywhere"])
    func cleared(_ direction: Direction, _ path: String) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            let answer = try await browser.post(stage.there, path, form: [])
            #expect(answer.status == 303)
            #expect(answer.header("Location") == "/login")
            #expect(
                answer.headers(named: "Set-Cookie")
                    == Self.names.map { "\($0)=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0" })
            #expect(browser.cookies.isEmpty)
            let home = try await browser.get(stage.here, "/")
            expectSentToSignIn(home)
            #expect(!home.sentHead.contains("sso_"))
        }
    }

    @Test("Nothing below /api ever sets a cookie", arguments: Direction.allCases)
    func neverBelowAPI(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = try await stage.signedInBrowser()
            let tokens = (browser.cookie(named: "sso_access"), browser.cookie(named: "sso_refresh"))
            let forger = try Forger(keyFile: stage.cluster.bankKeys)
            let expired = forger.token(try Draft(of: try #require(tokens.0)).payload("exp", "1"))
            let refresh = try #require(tokens.1)
            let name = jsonObject(["username": "alice", "password": goodPassword])
            let new = jsonObject(["current_password": goodPassword, "new_password": "another password"])

            var answers: [Exchange] = []
            answers.append(try await browser.get(stage.there, "/api/me"))
            answers.append(try await browser.get(stage.there, stage.there.dataPath))
            answers.append(try await browser.post(stage.there, "/api/register", json: name))
            answers.append(try await browser.post(stage.there, "/api/login", json: name))
            answers.append(
                try await browser.post(stage.there, "/api/refresh", json: jsonObject(["refresh_token": refresh])))
            answers.append(try await browser.post(stage.there, "/api/password", json: new))
            browser.changeCookie(named: "sso_access", to: expired)
            let late = try await browser.get(stage.there, "/api/me")
            expectRefusedToken(late, "token_expired")
            browser.changeCookie(named: "sso_access", to: try #require(tokens.0))
            answers.append(late)
            answers.append(try await browser.post(stage.there, "/api/logout", json: "{}"))
            answers.append(try await browser.post(stage.there, "/api/logout-everywhere", json: "{}"))
            for answer in answers {
                #expect(answer.headers(named: "Set-Cookie") == [], "\(answer.request.method) \(answer.request.url)")
            }
            #expect(answers.map(\.status).prefix(6) == [200, 200, 409, 200, 200, 200])
        }
    }

    private func values(_ answer: Exchange, prefix: String = "") throws -> (access: String, refresh: String) {
        (
            try #require(answer.setCookie(named: "\(prefix)sso_access")).value,
            try #require(answer.setCookie(named: "\(prefix)sso_refresh")).value
        )
    }
}

/// The two ways to get secure cookies.
enum Secure: String, CaseIterable, Sendable {
    case publicURL
    case always

    var arguments: [String] {
        switch self {
        case .publicURL: ["--public-url", "https://bank.example"]
        case .always: ["--cookie-secure", "always"]
        }
    }
}
