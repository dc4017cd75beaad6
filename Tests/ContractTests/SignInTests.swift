import Curl
import Foundation
import Harness
import Testing

@Suite("POST /api/login, /api/refresh, /api/logout and what needs a token")
struct SignInTests {
    @Test("Signing in gives the tokens that the contract describes", arguments: Direction.allCases)
    func tokens(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let before = Int(Date().timeIntervalSince1970)
            let answer = try await alice.signIn(at: stage.here, username: "alice", password: goodPassword)
            #expect(answer.header("Content-Type") == "application/json")
            #expect(
                answer.response.jsonKeys
                    == ["access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type"])
            #expect(answer.json("token_type") == "Bearer")
            #expect(answer.jsonInteger("expires_in") == 900)
            #expect(answer.jsonInteger("refresh_expires_in") == 604_800)

            let tokens = try Tokens(of: alice)
            let (access, refresh) = (try Draft(of: tokens.access), try Draft(of: tokens.refresh))
            let keyID = try Forger(keyFile: stage.cluster.bankKeys).keyID
            for (draft, type, life) in [(access, "at+jwt", 900), (refresh, "rt+jwt", 604_800)] {
                #expect(draft.header.members.map(\.name) == ["alg", "kid", "typ"])
                #expect(draft.header["alg"] == "\"HS256\"")
                #expect(draft.header["kid"] == "\"\(keyID)\"")
                #expect(draft.header["typ"] == "\"\(type)\"")
                #expect(draft.payload["iss"] == "\"\(stage.here.name)\"")
                #expect(draft.payload["aud"] == "\"sso\"")
                #expect(draft.payload["count"] == "0")
                let issued = try #require(Int(draft.payload["iat"] ?? ""))
                #expect((before...Int(Date().timeIntervalSince1970)).contains(issued))
                #expect(draft.payload["exp"] == "\(issued + life)")
                #expect(draft.payload["auth_time"] == "\(issued)")
            }
            let shared = ["aud", "auth_time", "count", "exp", "iat", "iss", "jti", "sid", "sub"]
            #expect(access.payload.members.map(\.name).sorted() == (shared + ["name"]).sorted())
            #expect(refresh.payload.members.map(\.name) == shared)
            #expect(access.payload["sid"] == refresh.payload["sid"])
            #expect(access.payload["jti"] != refresh.payload["jti"])
            #expect(access.payload["name"] == "\"alice\"")
        }
    }

    @Test("A wrong password and an unknown user get the very same answer", arguments: Direction.allCases)
    func sameAnswer(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            for server in [stage.here, stage.there] {
                let wrong = try await alice.signIn(at: server, username: "alice", password: "wrong password")
                let unknown = try await alice.signIn(at: server, username: "nobody", password: "wrong password")
                expectProblem(wrong, 401, "invalid_credentials")
                #expect(wrong.response.statusLine == unknown.response.statusLine)
                #expect(wrong.response.body == unknown.response.body)
                #expect(comparable(wrong) == comparable(unknown))
                #expect(wrong.response.serverTiming == unknown.response.serverTiming)
                #expect(wrong.response.serverTiming != nil)
            }
        }
    }

    @Test("What could never be a name or a password signs nobody in", arguments: Direction.allCases)
    func impossibleCredentials(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let names = [
                "", "a", "a b", "élodie", "alice\u{0}", "alice ", String(repeating: "a", count: 5000), "' OR 1=1--",
            ]
            for name in names {
                let answer = try await alice.signIn(at: stage.there, username: name, password: goodPassword)
                expectProblem(answer, 401, "invalid_credentials", "\(name.debugDescription.prefix(40))")
            }
            for password in ["", "short", String(repeating: "x", count: 5000), goodPassword + " ", " " + goodPassword] {
                let answer = try await alice.signIn(at: stage.there, username: "alice", password: password)
                expectProblem(answer, 401, "invalid_credentials", "\(password.prefix(40))")
            }
        }
    }

    @Test("A refresh at the other server gives new tokens of the same session", arguments: Direction.allCases)
    func refresh(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let old = try Tokens(of: alice)
            let answer = try await alice.refresh(at: stage.there)
            #expect(answer.status == 200)
            #expect(answer.json("token_type") == "Bearer")
            #expect(answer.jsonInteger("expires_in") == 900)
            #expect(answer.jsonInteger("refresh_expires_in") == 604_800)
            let new = try Tokens(of: alice)
            #expect(new.access != old.access && new.refresh != old.refresh)
            let (before, after) = (try Draft(of: old.access), try Draft(of: new.access))
            #expect(after.payload["sid"] == before.payload["sid"])
            #expect(after.payload["sub"] == before.payload["sub"])
            #expect(after.payload["jti"] != before.payload["jti"])
            #expect(after.payload["iss"] == "\"\(stage.there.name)\"")
            #expect(try await alice.get(stage.here, "/api/me").status == 200)
        }
    }

    @Test(
        "Logout answers 204 without a body, and the session's refresh token is revoked", arguments: Direction.allCases)
    func logout(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let other = Visitor.program(named: "alice's other device")
            try await other.signIn(at: stage.there, username: "alice", password: goodPassword)

            let answer = try await alice.send("POST", stage.there, "/api/logout")
            #expect(answer.status == 204)
            #expect(answer.response.body.isEmpty)
            for server in [stage.here, stage.there] {
                expectRefusedToken(try await alice.refresh(at: server), "token_revoked")
            }
            #expect(try await other.refresh(at: stage.here).status == 200)
        }
    }

    @Test("Whatever needs a token answers 401 without one", arguments: Direction.allCases)
    func withoutToken(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let stranger = Visitor.program(named: "stranger")
            for server in [stage.here, stage.there] {
                for path in ["/api/me", server.dataPath] {
                    let answer = try await stranger.get(server, path)
                    expectProblem(answer, 401, "token_missing", "\(path)")
                    #expect(answer.headers(named: "WWW-Authenticate") == ["Bearer"], "\(path)")
                }
                for path in ["/api/logout", "/api/logout-everywhere", "/api/password"] {
                    let answer = try await stranger.post(server, path, json: "{}")
                    expectProblem(answer, 401, "token_missing", "\(path)")
                }
            }
        }
    }

    @Test("/api/me gives the verified claims and the server's name", arguments: Direction.allCases)
    func me(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let claims = try Draft(of: try #require(alice.accessToken)).payload
            let answer = try await alice.get(stage.there, "/api/me")
            #expect(answer.status == 200)
            #expect(answer.json("server") == stage.there.name)
            for name in ["iss", "aud", "sub", "name", "sid", "jti"] {
                #expect(answer.json(name).map { "\"\($0)\"" } == claims[name], "\(name)")
            }
            for name in ["count", "iat", "exp"] {
                #expect(answer.jsonInteger(name).map { "\($0)" } == claims[name], "\(name)")
            }
            #expect(answer.response.serverTiming == ServerTiming(auth: 0, db: 0))
        }
    }

    @Test("Each server gives its own data, and knows nothing at the other's path", arguments: Direction.allCases)
    func data(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            for server in [stage.here, stage.there] {
                let answer = try await alice.get(server, server.dataPath)
                #expect(answer.status == 200)
                #expect(answer.header("Content-Type") == "application/json")
                #expect(answer.json("server") == server.name)
                #expect(answer.json("name") == "alice")
                #expect(answer.response.serverTiming?.auth == 0)
                expectProblem(try await alice.get(server, server.foreignDataPath), 404, "not_found")
            }
        }
    }

    /// The headers without what differs from answer to answer anyway.
    private func comparable(_ answer: Exchange) -> [Header] {
        answer.headers.filter { header in
            !["date", "x-request-id", "server-timing"].contains(header.name.lowercased())
        }
    }
}
