import Curl
import Harness
import Testing

@Suite("Two servers with different keys")
struct DifferentKeysTests {
    private var options: Cluster.Options {
        var options = Cluster.Options()
        options.keys = .different
        return options
    }

    @Test("Neither takes a program's tokens from the other; each takes its own", arguments: Direction.allCases)
    func programs(direction: Direction) async throws {
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            for path in ["/api/me", stage.there.dataPath] {
                let refused = try await alice.get(stage.there, path)
                expectProblem(refused, 401, "token_invalid")
                #expect(refused.serverTiming == ServerTiming(auth: 0, db: 0))
            }
            expectProblem(try await alice.send("POST", stage.there, "/api/logout"), 401, "token_invalid")
            expectProblem(try await alice.send("POST", stage.there, "/api/logout-everywhere"), 401, "token_invalid")
            try await expectRefreshRefused(alice.refreshToken, at: [stage.there], "token_invalid")

            #expect(try await alice.get(stage.here, "/api/me").json("name") == "alice")
            try await expectRefreshWorks(alice, at: [stage.here], count: 0)
        }
    }

    @Test("Neither takes a browser's cookies from the other; each takes its own", arguments: Direction.allCases)
    func browsers(direction: Direction) async throws {
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            expectSignInAsked(try await alice.get(stage.there, "/"))
            expectHomePage(try await alice.get(stage.here, "/"), of: "alice", issuer: stage.here)

            alice.dropCookie(named: "sso_access")
            expectSignInAsked(try await alice.get(stage.there, "/"))
            expectHomePage(try await alice.get(stage.here, "/"), of: "alice", issuer: stage.here)
        }
    }
}
