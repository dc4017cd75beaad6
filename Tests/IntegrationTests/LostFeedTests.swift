import Curl
import Foundation
import Harness
import Testing

@Suite("Nothing is heard of revocations")
struct LostFeedTests {
    /// A cluster that bears with a second of silence, and its database taken away.
    private func withLostFeed(
        _ policy: String, _ direction: Direction,
        _ body: (Stage, _ revoked: Visitor, _ good: Visitor, _ back: () async throws -> Void) async throws -> Void
    ) async throws {
        var options = Cluster.Options()
        options.arguments = ["--revocation-grace", "1", "--revocation-policy", policy]
        try await withStage(direction, options) { stage in
            try await stage.register("alice", "bob")
            let (alice, bob) = (try await stage.program(of: "alice"), try await stage.program(of: "bob"))
            try #require(try await alice.post(stage.here, "/api/logout", json: "").status == 204)
            for server in stage.servers { try await expectRevokedSoon(alice, at: server) }
            try await stage.cluster.takeDatabaseAway()
            for server in stage.servers {
                try await waitUntil("\(server.name) says that it hears nothing") {
                    let ready = try await bob.get(server, "/readyz")
                    #expect(ready.status == 503)
                    return ready.text.contains("nothing was heard of revocations")
                }
            }
            try await body(stage, alice, bob) { try await stage.cluster.putDatabaseBack() }
            for server in stage.servers {
                try await waitUntil("\(server.name) is ready") { try await bob.get(server, "/readyz").status == 200 }
                #expect(try await bob.get(server, "/api/me").status == 200)
                try await expectRevokedSoon(alice, at: server)
            }
        }
    }

    @Test(
        "The closed policy refuses every token with 503 after the grace, until it hears again",
        arguments: Direction.allCases)
    func closed(direction: Direction) async throws {
        try await withLostFeed("closed", direction) { stage, revoked, good, back in
            let browser = Visitor.browser(named: "Bob's browser")
            browser.setCookie(Cookie(name: "sso_access", value: try #require(good.accessToken), domain: "127.0.0.1"))
            for server in stage.servers {
                for program in [revoked, good] {
                    let answer = try await program.get(server, "/api/me")
                    expectProblem(answer, 503, "revocations_unknown")
                    #expect(answer.header("Retry-After") != nil)
                    #expect(answer.serverTiming == ServerTiming(auth: 0, db: 0))
                }
                // That signs nobody out.
                expectUnavailablePage(try await browser.get(server, "/"))
            }
            try await back()
        }
    }

    @Test("The open policy goes on by signature, and still refuses what it had heard of", arguments: Direction.allCases)
    func open(direction: Direction) async throws {
        try await withLostFeed("open", direction) { stage, revoked, good, back in
            for server in stage.servers {
                #expect(try await good.get(server, "/api/me").status == 200)
                expectProblem(try await revoked.get(server, "/api/me"), 401, "token_revoked")
                let metrics = try await good.get(server, "/metrics").text
                let age = metrics.split(separator: "\n").first { $0.hasPrefix("sso_revocation_feed_age_seconds ") }
                #expect(try #require(age?.split(separator: " ").last.flatMap { Double($0) }) > 1)
            }
            try await back()
        }
    }

    @Test("Metrics tell what is held and what was refused")
    func metrics() async throws {
        try await withStage(.bankToRetirement) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            try #require(try await alice.post(stage.here, "/api/logout", json: "").status == 204)
            for server in stage.servers {
                try await expectRevokedSoon(alice, at: server)
                let lines = try await alice.get(server, "/metrics").text.split(separator: "\n")
                for line in ["sso_revocations_held 1.0", "sso_revocations_heard 1.0"] {
                    #expect(lines.contains { $0 == line }, "\(line)")
                }
                #expect(lines.contains { $0 == "sso_token_checks_total{result=\"token_revoked\"} 1" })
            }
        }
    }
}
