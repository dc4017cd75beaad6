import Curl
import Harness
import Testing

/// What takes an access token back.
enum TakingBack: CaseIterable, CustomTestStringConvertible {
    case signOut
    case signOutEverywhere
    case changePassword
    case endFromAnotherDevice
    case reuse
    case operatorRevokes

    var testDescription: String {
        switch self {
        case .signOut: "signed out"
        case .signOutEverywhere: "signed out everywhere"
        case .changePassword: "password changed"
        case .endFromAnotherDevice: "ended from another device"
        case .reuse: "a refresh token came twice"
        case .operatorRevokes: "revoked by the operator"
        }
    }

    /// Does it to the phone's session, here.
    func happen(to phone: Visitor, on stage: Stage) async throws {
        switch self {
        case .signOut: try #require(try await phone.post(stage.here, "/api/logout", json: "").status == 204)
        case .signOutEverywhere:
            try #require(try await phone.post(stage.here, "/api/logout-everywhere", json: "").status == 204)
        case .changePassword:
            let body = jsonObject(["current_password": password(of: "alice"), "new_password": "another long password"])
            let token = phone.accessToken
            let other = Visitor.program(named: "Alice's phone with the copied token")
            other.use(token: token)
            try #require(try await other.post(stage.here, "/api/password", json: body).status == 200)
        case .endFromAnotherDevice:
            let session = try #require(try claims(of: phone.accessToken)["sid"]?.string)
            let laptop = try await stage.browser(of: "alice")
            let answer = try await laptop.post(stage.here, "/devices/end", form: [("session", session)])
            try #require(answer.status == 303)
        case .reuse:
            let thief = Visitor.program(named: "thief")
            thief.use(refreshToken: phone.refreshToken)
            try #require(try await thief.refresh(at: stage.here).status == 200)
            try #require(try await thief.refresh(at: stage.here).status == 200)
            expectProblem(try await phone.refresh(at: stage.here), 401, "token_reused")
        case .operatorRevokes: try await sso("users", "revoke", "alice", "--database", stage.cluster.database)
        }
    }
}

/// Waits until a server refuses the program's access token as revoked, and expects that it asks nobody for that.
func expectRevokedSoon(
    _ program: Visitor, at server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    try await waitUntil("\(server.name) refuses the token") {
        let answer = try await program.get(server, "/api/me")
        #expect(answer.serverTiming == ServerTiming(auth: 0, db: 0), sourceLocation: sourceLocation)
        if answer.status == 200 { return false }
        expectProblem(answer, 401, "token_revoked", sourceLocation: sourceLocation)
        return true
    }
}

@Suite("Revocations reach every server")
struct RevocationFeedTests {
    @Test(
        "Revoked at the bank, refused at retirement without a statement, and the same the other way",
        arguments: Direction.allCases, TakingBack.allCases)
    func revokedHereRefusedThere(direction: Direction, way: TakingBack) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let phone = try await stage.program(of: "alice")
            let bob = try await stage.program(of: "bob")
            try await way.happen(to: phone, on: stage)
            for server in [stage.there, stage.here] {
                try await expectRevokedSoon(phone, at: server)
                expectProblem(try await phone.get(server, server.dataPath), 401, "token_revoked")
                #expect(try await bob.get(server, "/api/me").status == 200)
                #expect(try await stage.program(of: "bob", at: server).get(server, "/api/me").status == 200)
            }
        }
    }

    @Test("Signing out of one session refuses that session's tokens and no others", arguments: Direction.allCases)
    func oneSession(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            let tablet = try await stage.program(of: "alice", at: stage.there)
            try #require(try await phone.post(stage.here, "/api/logout", json: "").status == 204)
            for server in stage.servers {
                try await expectRevokedSoon(phone, at: server)
                #expect(try await tablet.get(server, "/api/me").status == 200)
            }
        }
    }

    @Test(
        "After a change of the password, this device's new tokens are good and its old ones are not",
        arguments: Direction.allCases)
    func newTokens(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            let copy = Visitor.program(named: "copy")
            copy.use(token: phone.accessToken)
            let body = jsonObject(["current_password": password(of: "alice"), "new_password": "another long password"])
            phone.use(token: try await phone.post(stage.here, "/api/password", json: body).json("access_token"))
            for server in stage.servers {
                #expect(try await phone.get(server, "/api/me").jsonInteger("count") == 1)
                try await expectRevokedSoon(copy, at: server)
                #expect(try await phone.get(server, "/api/me").jsonInteger("count") == 1)
            }
        }
    }

    @Test(
        "A server that was restarted refuses from its first request on what was revoked before",
        arguments: Direction.allCases)
    func restarted(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            // Nobody hears of it but the table.
            _ = await stage.there.stop()
            try #require(try await phone.post(stage.here, "/api/logout-everywhere", json: "").status == 204)
            try await stage.there.start()
            let answer = try await phone.get(stage.there, "/api/me")
            expectProblem(answer, 401, "token_revoked")
            #expect(answer.serverTiming == ServerTiming(auth: 0, db: 0))
            #expect(try await phone.get(stage.there, "/readyz").status == 200)
        }
    }

    @Test(
        "A page with a revoked access cookie asks the database, and then for the password",
        arguments: Direction.allCases)
    func pages(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let laptop = try await stage.browser(of: "alice")
            let phone = try await stage.program(of: "alice")
            let copy = Visitor.program(named: "copy")
            copy.use(token: laptop.cookie(named: "sso_access"))
            try #require(try await phone.post(stage.here, "/api/logout-everywhere", json: "").status == 204)
            try await expectRevokedSoon(copy, at: stage.there)
            expectSignInAsked(try await laptop.get(stage.there, "/"))
            #expect(try await laptop.get(stage.there, "/login").text.contains("yours in the database is now 1"))
            // Without a refresh cookie, the server says what it knows by itself.
            laptop.dropCookie(named: "sso_refresh")
            let page = try await laptop.get(stage.there, "/")
            expectSignInAsked(page)
            #expect(page.serverTiming == ServerTiming(auth: 0, db: 0))
            #expect(try await laptop.get(stage.there, "/login").text.contains("This server has heard of that"))
        }
    }

    @Test("With --revocations off, an access token lives until it expires", arguments: Direction.allCases)
    func off(direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--revocations", "off"]
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            try #require(try await phone.post(stage.here, "/api/logout-everywhere", json: "").status == 204)
            for server in stage.servers {
                try await server.restart()
                #expect(try await phone.get(server, "/api/me").status == 200)
                #expect(try await phone.get(server, "/metrics").text.contains("sso_revocation") == false)
            }
        }
    }
}
