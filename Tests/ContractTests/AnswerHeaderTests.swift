import Curl
import Harness
import Testing

@Suite("What stands on every answer")
struct AnswerHeaderTests {
    /// Answers of every kind: good ones and refusals, of programs and of pages.
    private func manyAnswers(_ stage: Stage) async throws -> [Exchange] {
        let alice = try await stage.signedInProgram()
        let browser = Visitor.browser(named: "alice")
        for server in [stage.here, stage.there] {
            for path in [
                "/api/me", server.dataPath, server.foreignDataPath, "/livez", "/readyz", "/metrics", "/nothing",
            ] {
                try await alice.get(server, path)
            }
            try await alice.refresh(at: server)
            try await alice.post(server, "/api/refresh", json: jsonObject(["refresh_token": "nonsense"]))
            try await alice.post(server, "/api/login", json: "{")
            try await alice.send("PUT", server, "/api/login")
            try await alice.send("HEAD", server, "/livez")
            try await alice.post(server, "/api/login", json: String(repeating: " ", count: 20_000))
            for path in ["/", "/login", "/register", "/logout", "/nothing"] { try await browser.get(server, path) }
            try await browser.signIn(at: server, username: "alice", password: "wrong password")
            try await browser.signIn(at: server, username: "alice", password: goodPassword)
            try await browser.get(server, "/")
            try await browser.post(server, "/logout", form: [], headers: [Header("Sec-Fetch-Site", "cross-site")])
            try await browser.post(server, "/logout", form: [])
        }
        try await alice.send("POST", stage.there, "/api/logout")
        return alice.exchanges + browser.exchanges
    }

    @Test("Every answer has an X-Request-Id of its own", arguments: Direction.allCases)
    func requestID(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let answers = try await manyAnswers(stage)
            let ids = answers.flatMap { $0.headers(named: "X-Request-Id") }
            #expect(ids.count == answers.count && answers.count > 40)
            #expect(Set(ids).count == ids.count)
            #expect(ids.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9-]{8,64}/) != nil })
        }
    }

    @Test("An X-Request-Id that a stranger sends is not taken over", arguments: Direction.allCases)
    func foreignRequestID(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let stranger = Visitor.program(named: "stranger")
            let answer = try await stranger.get(stage.here, "/livez", headers: [Header("X-Request-Id", "mine")])
            #expect(answer.headers(named: "X-Request-Id").count == 1)
            #expect(answer.header("X-Request-Id") != "mine")
        }
    }

    @Test("Every answer has Server-Timing in the form of the contract", arguments: Direction.allCases)
    func serverTiming(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            for answer in try await manyAnswers(stage) {
                let what: Comment = "\(answer.request.method) \(answer.request.url)"
                let text = answer.headers(named: "Server-Timing").joined(separator: ", ")
                let form = /auth;dur=\d+(\.\d+)?;desc="(\d+)", db;dur=\d+(\.\d+)?;desc="(\d+)"/
                let match = try #require(text.wholeMatch(of: form), what)
                let (auth, db) = (try #require(Int(match.2)), try #require(Int(match.4)))
                #expect(auth <= db, what)
                if answer.request.url.hasSuffix("/api/me") { #expect((auth, db) == (0, 0), what) }
            }
        }
    }

    @Test("With --server-timing off there is none", arguments: Direction.allCases)
    func noServerTiming(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--server-timing", "off"]
        try await onStage(direction, options) { stage in
            let answers = try await manyAnswers(stage)
            #expect(answers.count > 40)
            #expect(answers.allSatisfy { $0.headers(named: "Server-Timing").isEmpty })
        }
    }

    @Test("What needed a token or hands one out may not be stored", arguments: Direction.allCases)
    func noStore(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let browser = try await stage.signedInBrowser("bobby")
            let server = stage.there
            let stranger = Visitor.program(named: "stranger")
            let answers = [
                try await alice.signIn(at: server, username: "alice", password: goodPassword),
                try await alice.refresh(at: server), try await alice.get(server, "/api/me"),
                try await alice.get(server, server.dataPath), try await stranger.get(server, "/api/me"),
                try await browser.signIn(at: server, username: "bobby", password: goodPassword),
                try await browser.get(server, "/"), try await stranger.get(server, "/"),
                try await alice.post(
                    server, "/api/password",
                    json: jsonObject(["current_password": goodPassword, "new_password": "another password"])),
                try await browser.post(server, "/logout", form: []),
            ]
            #expect(answers.map(\.status) == [200, 200, 200, 200, 401, 303, 200, 303, 200, 303])
            for answer in answers {
                #expect(
                    answer.headers(named: "Cache-Control") == ["no-store"],
                    "\(answer.request.method) \(answer.request.url)")
            }
        }
    }
}
