import Curl
import Foundation
import Harness
import Testing

@Suite("Refresh tokens rotate")
struct RotationTests {
    /// A cluster in which the grace is over at once, or nearly.
    private func grace(_ seconds: Int) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--refresh-grace", "\(seconds)"]
        return options
    }

    /// Waits until the second is over in which a token was issued: times are whole seconds.
    private func waitUntilAfter(_ token: String?) async throws {
        let issued = try #require(try claims(of: token)["iat"]?.integer)
        try await waitUntil("the second of the exchange is over") { Int(Date().timeIntervalSince1970) > issued }
    }

    @Test(
        "A copied refresh token is used here by a thief and there by its owner: the session ends, and both are out",
        arguments: Direction.allCases)
    func stolen(direction: Direction) async throws {
        try await withStage(direction, grace(0)) { stage in
            try await stage.register("alice")
            let owner = try await stage.program(of: "alice")
            let phone = try await stage.program(of: "alice", at: stage.there)
            let stolen = owner.refreshToken
            let thief = Visitor.program(named: "thief")
            thief.use(refreshToken: stolen)
            #expect(try await thief.refresh(at: stage.here).status == 200)
            try await waitUntilAfter(thief.refreshToken)

            expectProblem(try await owner.refresh(at: stage.there), 401, "token_reused")
            try await expectRefreshRefused(thief.refreshToken, at: stage.servers)
            try await expectRefreshRefused(stolen, at: stage.servers)
            try await expectRefreshWorks(phone, at: stage.servers, count: 0)
            #expect(try await stage.database.counts() == ["alice": 0])

            let record = try await sso("audit", "--database", stage.cluster.database, "--event", "refresh_reused")
            let lines = record.standardOutput.split(separator: "\n")
            #expect(lines.count == 1)
            let sid = try #require(try claims(of: stolen)["sid"]?.string)
            let line = try #require(lines.first)
            #expect(line.contains(" \(stage.there.name) refresh_reused user=alice "))
            #expect(line.contains("sid=\(sid) address=127.0.0.1 request="))
        }
    }

    @Test(
        "An answer that was lost: the same token gives the same successor, at either server",
        arguments: Direction.allCases)
    func lostAnswer(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let first = alice.refreshToken
            var successors: Set<String> = []
            for server in stage.servers + stage.servers {
                alice.use(refreshToken: first)
                #expect(try await alice.refresh(at: server).status == 200)
                successors.insert(try #require(alice.refreshToken))
            }
            #expect(successors.count == 1)
            try await expectRefreshWorks(alice, at: stage.servers, count: 0)
        }
    }

    @Test(
        "Two tabs whose access cookie has expired ask at once, at both servers: neither is signed out",
        arguments: Direction.allCases)
    func tabs(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let browser = try await stage.browser(of: "alice")
            let refresh = try #require(browser.cookies.first { $0.name == "sso_refresh" })
            let pages = try await withThrowingTaskGroup(of: Exchange.self) { group in
                for number in 0..<12 {
                    let tab = Visitor.browser(named: "tab \(number)")
                    tab.setCookie(refresh)
                    let server = stage.servers[number % 2]
                    group.addTask { try await tab.get(server, "/") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(pages.map(\.status) == Array(repeating: 200, count: 12))
            let next = Set(pages.map { $0.setCookie(named: "sso_refresh")?.value })
            #expect(next.count == 1)
            browser.dropCookie(named: "sso_access")
            browser.changeCookie(named: "sso_refresh", to: try #require(next.first ?? nil))
            #expect(try await browser.get(stage.there, "/").status == 200)
        }
    }

    @Test(
        "A refresh cookie that is used twice ends its session, and the sign-in page says why",
        arguments: Direction.allCases)
    func cookieReused(direction: Direction) async throws {
        try await withStage(direction, grace(0)) { stage in
            try await stage.register("alice")
            let owner = try await stage.browser(of: "alice")
            let thief = Visitor.browser(named: "thief")
            for cookie in owner.cookies where cookie.name == "sso_refresh" { thief.setCookie(cookie) }
            owner.dropCookie(named: "sso_access")
            #expect(try await owner.get(stage.here, "/").status == 200)
            try await waitUntilAfter(owner.cookie(named: "sso_refresh"))

            // Not even the thief's cookies are cleared: a race that was lost must not sign anybody out.
            expectSignInAsked(try await thief.get(stage.there, "/"))
            #expect(thief.cookie(named: "sso_refresh") != nil)
            owner.dropCookie(named: "sso_access")
            expectSignInAsked(try await owner.get(stage.there, "/"))
            let page = try await owner.get(stage.there, "/login")
            #expect(page.text.contains("was used a second time"))
        }
    }

    @Test("With --refresh count a copied token goes on unnoticed", arguments: Direction.allCases)
    func naive(direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--refresh", "count", "--refresh-grace", "0"]
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let owner = try await stage.program(of: "alice")
            let thief = Visitor.program(named: "thief")
            thief.use(refreshToken: owner.refreshToken)
            for _ in 0..<3 {
                try await expectRefreshWorks(thief, at: stage.servers, count: 0)
                try await expectRefreshWorks(owner, at: stage.servers, count: 0)
                thief.use(refreshToken: owner.refreshToken)
            }
        }
    }

    @Test("However often it is renewed, a session is over at --session-max", arguments: Direction.allCases)
    func sessionMax(direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--session-max", "3"]
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let start = try #require(try claims(of: alice.refreshToken)["auth_time"]?.integer)
            var answer: Exchange
            repeat {
                answer = try await alice.refresh(at: stage.there)
                if answer.status == 200 {
                    for token in [alice.accessToken, alice.refreshToken] {
                        #expect(try claims(of: token)["auth_time"]?.integer == start)
                        #expect(try claims(of: token)["exp"]?.integer == start + 3)
                    }
                }
            } while answer.status == 200 && Date().timeIntervalSince1970 < Double(start + 30)
            expectProblem(answer, 401, "token_expired")
            #expect(Int(Date().timeIntervalSince1970) >= start + 3)
        }
    }

    @Test(
        "A session that began before tokens rotated goes on, and its tokens rotate from then on",
        arguments: Direction.allCases)
    func takenOver(direction: Direction) async throws {
        try await withStage(direction, grace(0)) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            try await stage.database.execute("UPDATE sessions SET refresh_hash = NULL, refreshed_at = NULL")
            let old = alice.refreshToken
            #expect(try await alice.refresh(at: stage.there).status == 200)
            try await waitUntilAfter(alice.refreshToken)
            try await expectRefreshRefused(old, at: [stage.here], "token_reused")
        }
    }

    @Test(
        "A page that renews and then fails still hands over the next refresh token: its owner is not taken for a thief",
        arguments: Direction.allCases)
    func failsAfterRenewal(direction: Direction) async throws {
        try await withStage(direction, grace(0)) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let old = try #require(alice.cookie(named: "sso_refresh"))
            alice.dropCookie(named: "sso_access")
            // Who asks can be found out; what the page shows cannot be read.
            try await stage.database.execute(
                "ALTER TABLE accounts RENAME TO accounts_away; ALTER TABLE plans RENAME TO plans_away")
            let page = try await alice.get(stage.there, "/")
            #expect(page.status == 500)
            let next = try #require(page.setCookie(named: "sso_refresh"), "the token that was used is over")
            #expect(next.value != old)
            #expect(page.setCookies.map(\.name) == ["sso_access", "sso_refresh"])

            try await stage.database.execute(
                "ALTER TABLE accounts_away RENAME TO accounts; ALTER TABLE plans_away RENAME TO plans")
            try await waitUntilAfter(alice.cookie(named: "sso_refresh"))
            alice.dropCookie(named: "sso_access")
            expectHomePage(try await alice.get(stage.here, "/"), of: "alice", issuer: stage.here)
        }
    }
}
