import Curl
import Harness
import Testing

@Suite("Cookies that somebody else has put there")
struct FixationTests {
    /// Mallory's cookies, as she would put them into somebody's browser.
    private func mallory(_ stage: Stage) async throws -> Visitor {
        try await stage.signedInBrowser("mallory")
    }

    private func tokens(of browser: Visitor) throws -> (access: String, refresh: String) {
        (
            try #require(browser.cookie(named: "sso_access")), try #require(browser.cookie(named: "sso_refresh"))
        )
    }

    @Test("Who signs in over another's cookies gets a session of their own", arguments: Direction.allCases)
    func fixation(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let mallory = try await mallory(stage)
            let planted = try tokens(of: mallory)
            try #require(
                try await Visitor.program(named: "alice").register(
                    at: stage.here, username: "alice", password: goodPassword
                ).status == 201)
            let alice = Visitor.browser(named: "alice")
            for cookie in mallory.cookies { alice.setCookie(cookie) }
            #expect(try await alice.signIn(at: stage.here, username: "alice", password: goodPassword).status == 303)

            let own = try tokens(of: alice)
            #expect(own.access != planted.access && own.refresh != planted.refresh)
            let program = Visitor.program(named: "anybody")
            func me(_ token: String) async throws -> Exchange {
                try await program.get(stage.there, "/api/me", headers: [Header("Authorization", "Bearer \(token)")])
            }
            let (hers, mallorys) = (try await me(own.access), try await me(planted.access))
            #expect(hers.json("name") == "alice" && mallorys.json("name") == "mallory")
            #expect(hers.json("sid") != mallorys.json("sid") && hers.json("sub") != mallorys.json("sub"))
            // What was planted is still Mallory's, and never becomes Alice's.
            program.use(refreshToken: planted.refresh)
            #expect(try await program.refresh(at: stage.there).status == 200)
            #expect(try await me(program.accessToken ?? "").json("name") == "mallory")
        }
    }

    @Test("Each sign-in begins another session, also of one user in one browser", arguments: Direction.allCases)
    func newSession(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInBrowser()
            var sessions: Set<String> = []
            for _ in 1...3 {
                try #require(
                    try await alice.signIn(at: stage.here, username: "alice", password: goodPassword).status == 303)
                let token = try tokens(of: alice).access
                let me = try await alice.get(
                    stage.here, "/api/me", headers: [Header("Authorization", "Bearer \(token)")])
                sessions.insert(try #require(me.json("sid")))
            }
            #expect(sessions.count == 3)
        }
    }

    @Test("A session's id that was not handed out is never taken over", arguments: Direction.allCases)
    func chosenID(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--auth", "sessions", "--session-store", "shared"]
        try await onStage(direction, options) { stage in
            let chosen = String(repeating: "A", count: 43)
            try #require(
                try await Visitor.program(named: "alice").register(
                    at: stage.here, username: "alice", password: goodPassword
                ).status == 201)
            let alice = Visitor.browser(named: "alice")
            alice.setCookie(line: "Set-Cookie: sso_session=\(chosen); Domain=127.0.0.1; Path=/")
            try await alice.get(stage.here, "/")
            #expect(try await alice.signIn(at: stage.here, username: "alice", password: goodPassword).status == 303)
            #expect(alice.cookie(named: "sso_session") != chosen)
            let mallory = Visitor.program(named: "mallory")
            let answer = try await mallory.get(
                stage.here, "/api/me", headers: [Header("Cookie", "sso_session=\(chosen)")])
            expectProblem(answer, 401, "session_unknown")
        }
    }

    @Test("A sibling's cookie beside ours is refused, whichever comes first", arguments: Direction.allCases)
    func tossing(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
        try await onStage(direction, options) { stage in
            let planted = try tokens(of: try await mallory(stage))
            // Set by evil.sso.localhost for all of sso.localhost; browsers send those of longer paths first.
            for path in ["/", "/api", "/api/me"] {
                let alice = try await stage.signedInBrowser("alice\(path.utf8.count)")
                for (name, value) in [("sso_access", planted.access), ("sso_refresh", planted.refresh)] {
                    alice.setCookie(line: "Set-Cookie: \(name)=\(value); Domain=sso.localhost; Path=\(path)")
                }
                let answer = try await alice.get(stage.here, "/api/me")
                #expect(answer.sentHead.ranges(of: "sso_access=").count == 2, "\(path): \(answer.sentHead)")
                expectProblem(answer, 400, "ambiguous_credentials", "\(path)")
            }
        }
    }
}
