import Curl
import Harness
import Testing

@Suite("An access token that has expired")
struct RenewalTests {
    /// The two ways in which an access cookie can be over.
    enum Expiry: CaseIterable, CustomTestStringConvertible {
        /// The browser has dropped it, as `Max-Age` says.
        case dropped
        /// The browser still sends it: its clock is slow, or it came back from sleep.
        case stillSent

        var testDescription: String {
            switch self {
            case .dropped: "the browser dropped it"
            case .stillSent: "it is still sent"
            }
        }
    }

    @Test(
        "A page renews both cookies on the way, with one statement to find out who asks",
        arguments: Direction.allCases, Expiry.allCases)
    func renewedOnTheWay(direction: Direction, expiry: Expiry) async throws {
        try await withStage(direction, direction.options(accessTTLHere: 1)) { stage in
            try await stage.register("alice")
            let alice = try await stage.browserWithExpiredAccess(of: "alice", expiry)
            let refreshToken = try #require(alice.cookie(named: "sso_refresh"))

            let page = try await alice.get(stage.there, "/")
            expectHomePage(page, of: "alice", issuer: stage.there)
            let timing = try #require(page.serverTiming)
            #expect(timing.auth == 1)
            #expect(timing.db > timing.auth)
            #expect(page.setCookies.map(\.name) == ["sso_access", "sso_refresh"])
            let renewed = try #require(page.setCookie(named: "sso_access"))
            #expect(renewed.has("HttpOnly"))
            #expect(renewed["SameSite"] == "Lax")
            #expect(renewed["Path"] == "/")

            let new = try claims(of: renewed.value)
            let old = try claims(of: refreshToken)
            for claim in ["sub", "sid", "count", "aud"] {
                #expect(new[claim] != nil && new[claim] == old[claim], "\(claim)")
            }
            #expect(new["iss"]?.string == stage.there.name)
            let life = try #require(new["exp"]?.integer) - (try #require(new["iat"]?.integer))
            #expect(renewed["Max-Age"] == "\(life)")

            #expect(alice.cookies.filter { $0.name == "sso_access" }.map(\.value) == [renewed.value])
            let next = try #require(page.setCookie(named: "sso_refresh"))
            #expect(next.value != refreshToken)
            #expect(alice.cookies.filter { $0.name == "sso_refresh" }.map(\.value) == [next.value])
            for server in stage.servers {
                let next = try await alice.get(server, "/")
                expectHomePage(next, of: "alice", issuer: stage.there)
                #expect(next.serverTiming?.auth == 0)
                #expect(next.setCookies.isEmpty)
            }
        }
    }

    @Test(
        "The interface for programs never renews it and never sets a cookie",
        arguments: Direction.allCases, Expiry.allCases)
    func programsAreNotRenewed(direction: Direction, expiry: Expiry) async throws {
        try await withStage(direction, direction.options(accessTTLHere: 1)) { stage in
            try await stage.register("alice")
            let alice = try await stage.browserWithExpiredAccess(of: "alice", expiry)
            for server in stage.servers {
                let answers = [
                    try await alice.get(server, "/api/me"), try await alice.get(server, server.dataPath),
                    try await alice.post(server, "/api/logout", json: "{}"),
                    try await alice.post(server, "/api/logout-everywhere", json: "{}"),
                ]
                for answer in answers {
                    #expect(answer.status == 401)
                    #expect(answer.setCookies.isEmpty)
                    #expect(answer.serverTiming == ServerTiming(auth: 0, db: 0))
                    if expiry == .stillSent { expectProblem(answer, 401, "token_expired") }
                }
            }
            // None of that has ended the session.
            expectHomePage(try await alice.get(stage.there, "/"), of: "alice", issuer: stage.there)
        }
    }

    @Test("A program is told so at both servers, and renews it itself", arguments: Direction.allCases)
    func programRefreshes(direction: Direction) async throws {
        try await withStage(direction, direction.options(accessTTLHere: 1)) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            try await waitUntilExpired(alice.accessToken)
            for server in stage.servers {
                let answer = try await alice.get(server, "/api/me")
                expectProblem(answer, 401, "token_expired")
                #expect(answer.serverTiming == ServerTiming(auth: 0, db: 0))
            }
            #expect(try await alice.refresh(at: stage.there).status == 200)
            #expect(try await alice.get(stage.here, "/api/me").json("iss") == stage.there.name)
        }
    }

    @Test(
        "The pages to sign in and to sign out never renew it; once signed out, nothing does",
        arguments: Direction.allCases, Expiry.allCases)
    func signingOutDoesNotRenew(direction: Direction, expiry: Expiry) async throws {
        try await withStage(direction, direction.options(accessTTLHere: 1)) { stage in
            try await stage.register("alice")
            let alice = try await stage.browserWithExpiredAccess(of: "alice", expiry)
            let refreshCookie = try #require(alice.cookies.first { $0.name == "sso_refresh" })
            for path in ["/login", "/logout"] {
                let page = try await alice.get(stage.there, path)
                #expect(page.status == 200, "\(path)")
                #expect(page.setCookies.isEmpty, "\(path)")
                #expect(page.serverTiming?.auth == 0, "\(path)")
            }

            let signOut = try await alice.post(stage.there, "/logout", form: [])
            expectCookiesCleared(signOut)
            #expect(alice.cookies.isEmpty)

            // Somebody kept a copy of the refresh cookie: it is worth nothing any more.
            alice.setCookie(refreshCookie)
            for server in stage.servers {
                expectSignInAsked(try await alice.get(server, "/"))
            }
            try await expectRefreshRefused(refreshCookie.value, at: stage.servers)
        }
    }
}

extension Stage {
    /// A browser whose refresh cookie is good, and whose access cookie, issued here, has expired.
    fileprivate func browserWithExpiredAccess(of user: String, _ expiry: RenewalTests.Expiry) async throws -> Visitor {
        let visitor = Visitor.browser(named: "\(user)'s browser")
        let signIn = try await visitor.signIn(at: here, username: user, password: password(of: user))
        let access = try #require(signIn.setCookie(named: "sso_access"))
        try await waitUntil("the browser drops the access cookie") { visitor.cookie(named: "sso_access") == nil }
        if expiry == .stillSent {
            try await waitUntilExpired(access.value)
            visitor.setCookie(Cookie(name: access.name, value: access.value, domain: "127.0.0.1"))
        }
        return visitor
    }
}
