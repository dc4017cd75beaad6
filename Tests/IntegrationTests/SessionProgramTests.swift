import Curl
import Harness
import Testing

@Suite("Programs at servers that keep sessions")
struct SessionProgramTests {
    @Test(
        "The cookie of a session shows who one is and one's data, and no claims of a token",
        arguments: Direction.allCases, SessionPlace.allCases)
    func looking(direction: Direction, place: SessionPlace) async throws {
        try await withStage(direction, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            for server in place == .local ? [stage.here] : stage.servers {
                let me = try await alice.get(server, "/api/me")
                #expect(me.status == 200)
                #expect(me.response.jsonKeys == ["count", "name", "server", "sid", "sub"])
                #expect(me.json("server") == server.name)
                #expect(me.json("name") == "alice")
                #expect(me.jsonInteger("count") == 0)
                #expect(me.json("sub")?.utf8.count == 22)
                #expect(me.serverTiming == ServerTiming(auth: place.reads, db: place.reads))
                #expect(me.header("Cache-Control") == "no-store")
                let data = try await alice.get(server, server.dataPath)
                #expect(data.status == 200)
                #expect(data.json("name") == "alice")
                #expect(data.json("server") == server.name)
                #expect(data.serverTiming == ServerTiming(auth: place.reads, db: place.reads + 1))
                #expect(data.setCookies.isEmpty)
            }
            if place == .local { expectSessionProblem(try await alice.get(stage.there, "/api/me"), "session_unknown") }
        }
    }

    @Test(
        "Calls that hand out or need tokens are not there, and say why", arguments: Direction.allCases,
        SessionPlace.allCases)
    func tokensOff(direction: Direction, place: SessionPlace) async throws {
        try await withStage(direction, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let program = Visitor.program(named: "Alice's program")
            for server in stage.servers {
                for path in ["/api/login", "/api/refresh", "/api/logout", "/api/logout-everywhere", "/api/password"] {
                    for visitor in [alice, program] {
                        let answer = try await visitor.post(server, path, json: "{}")
                        expectProblem(answer, 404, "tokens_off")
                        #expect(answer.json("detail")?.contains("keeps sessions") == true)
                        #expect(answer.json("detail")?.contains("--auth tokens") == true)
                    }
                }
            }
            try await expectKnown(alice, as: "alice", at: stage.here, place)
            #expect(try await stage.database.counts() == ["alice": 0])
        }
    }

    @Test(
        "A token is refused, and no cookie beside it looked at; without either one is asked to sign in",
        arguments: SessionPlace.allCases)
    func tokens(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let program = Visitor.program(named: "program")
            for path in ["/api/me", stage.here.dataPath] {
                expectSessionProblem(try await program.get(stage.here, path), "session_missing")
                for visitor in [alice, program] {
                    let answer = try await visitor.get(
                        stage.here, path, headers: [Header("Authorization", "Bearer a.b.c")])
                    expectSessionProblem(answer, "tokens_off")
                }
                #expect(try await alice.get(stage.here, path).status == 200)
            }
            #expect(try await program.get(stage.here, "/api/me").serverTiming == ServerTiming(auth: 0, db: 0))
        }
    }

    @Test("A server with tokens takes no session's cookie, not even one that is in the database")
    func sessionAtTokenServer() async throws {
        var options = Cluster.Options()
        options.bankArguments = ["--auth", "sessions", "--session-store", "shared"]
        try await withStage(.bankToRetirement, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            #expect(try await alice.get(stage.here, "/").status == 200)
            expectSignInAsked(try await alice.get(stage.there, "/"))
            #expect(try await alice.get(stage.there, "/api/me").status == 401)
            // Nor does a server with sessions take a token's.
            let bob = try await stage.browser(of: "alice", at: stage.there)
            expectSignInAsked(try await bob.get(stage.here, "/"))
        }
    }

    @Test("What came of looking for sessions is counted")
    func metrics() async throws {
        try await withStage(.bankToRetirement, SessionPlace.local.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            _ = try await alice.get(stage.here, "/api/me")
            _ = try await alice.get(stage.there, "/api/me")
            let here = try await alice.get(stage.here, "/metrics").text
            #expect(here.contains("sso_session_checks_total{result=\"ok\"} 1"))
            #expect(here.contains("sso_sign_ins_total{result=\"ok\"} 1"))
            let there = try await alice.get(stage.there, "/metrics").text
            #expect(there.contains("sso_session_checks_total{result=\"session_unknown\"} 1"))
        }
    }
}
