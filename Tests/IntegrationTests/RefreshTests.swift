import Curl
import Harness
import Testing

@Suite("Refreshing tokens")
struct RefreshTests {
    @Test(
        "The server that did not issue a refresh token exchanges it, and both accept what it gives",
        arguments: Direction.allCases)
    func atTheOther(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let before = (access: alice.accessToken, refresh: try claims(of: alice.refreshToken))
            #expect(before.refresh["iss"]?.string == stage.here.name)

            let answer = try await alice.refresh(at: stage.there)
            #expect(answer.status == 200)
            #expect(
                answer.response.jsonKeys
                    == ["access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type"])
            #expect(answer.json("token_type") == "Bearer")
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(answer.setCookies.isEmpty)
            for (token, life) in [("access_token", "expires_in"), ("refresh_token", "refresh_expires_in")] {
                let new = try claims(of: answer.json(token))
                #expect(new["iss"]?.string == stage.there.name, "\(token)")
                #expect(new["jti"] != before.refresh["jti"], "\(token)")
                for claim in ["sub", "sid", "count", "aud"] {
                    #expect(new[claim] != nil && new[claim] == before.refresh[claim], "\(token): \(claim)")
                }
                let lived = try #require(new["exp"]?.integer) - (try #require(new["iat"]?.integer))
                #expect(answer.jsonInteger(life) == lived)
            }
            #expect(try claims(of: alice.accessToken)["name"]?.string == "alice")

            for server in stage.servers {
                let me = try await alice.get(server, "/api/me")
                #expect(me.status == 200)
                #expect(me.json("iss") == stage.there.name)
                #expect(me.serverTiming == ServerTiming(auth: 0, db: 0))
            }
            try await expectRefreshWorks(alice, at: stage.servers, count: 0)
        }
    }

    @Test("Refreshing one device leaves the others as they were", arguments: Direction.allCases)
    func otherDevices(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.program(of: "alice", at: stage.there)
            #expect(try claims(of: phone.refreshToken)["sid"] != claims(of: laptop.refreshToken)["sid"])
            try await expectRefreshWorks(phone, at: stage.servers + stage.servers, count: 0)
            try await expectRefreshWorks(laptop, at: stage.servers, count: 0)
            #expect(try await stage.database.counts() == ["alice": 0])
        }
    }

    @Test("Neither kind of token is taken for the other", arguments: Direction.allCases)
    func kindsOfToken(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            try await expectRefreshRefused(alice.accessToken, at: stage.servers, "token_invalid")
            alice.use(token: alice.refreshToken)
            for server in stage.servers {
                expectProblem(try await alice.get(server, "/api/me"), 401, "token_invalid")
            }
        }
    }
}
