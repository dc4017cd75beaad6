import Curl
import Harness
import Testing

/// The ways by which a token comes to a server.
enum Channel: String, CaseIterable, Sendable {
    case bearer
    case accessCookie
    case refreshCookie
    case refreshBody

    var carriesAccess: Bool { self == .bearer || self == .accessCookie }

    /// Sends a token by this way and no other.
    func send(_ token: String, to server: ServerProcess, by program: Visitor) async throws -> Exchange {
        switch self {
        case .bearer:
            try await program.get(server, "/api/me", headers: [Header("Authorization", "Bearer \(token)")])
        case .accessCookie:
            try await program.get(server, "/", headers: [Header("Cookie", "sso_access=\(token)")])
        case .refreshCookie:
            try await program.get(server, "/", headers: [Header("Cookie", "sso_refresh=\(token)")])
        case .refreshBody:
            try await program.post(server, "/api/refresh", json: jsonObject(["refresh_token": token]))
        }
    }

    /// Expects that the token was refused, as this way has it.
    func expectRefusal(_ answer: Exchange, of hostile: Hostile, at server: ServerProcess) {
        let comment: Comment = "\(hostile.what), as \(self) at \(server.name): \(hostile.token.prefix(600))"
        switch self {
        case .bearer, .refreshBody: expectRefusedToken(answer, hostile.code, comment)
        case .accessCookie, .refreshCookie: expectSentToSignIn(answer, comment)
        }
    }
}

@Suite("Tokens that were changed or forged")
struct TamperingTests {
    @Test(
        "A token changed without the secret is refused at both servers", arguments: Direction.allCases, Channel.allCases
    )
    func tampered(_ direction: Direction, _ channel: Channel) async throws {
        try await onStage(direction) { stage in
            let tokens = try await Tokens(of: stage.signedInProgram())
            let stranger = Visitor.program(named: "stranger")
            let good = channel.carriesAccess ? tokens.access : tokens.refresh

            for server in [stage.here, stage.there] {
                for hostile in Tampering.all(of: good) {
                    let answer = try await channel.send(hostile.token, to: server, by: stranger)
                    channel.expectRefusal(answer, of: hostile, at: server)
                }
                // The good one passes, so the others were refused for what was changed.
                #expect(try await channel.send(good, to: server, by: stranger).status == 200)
            }
        }
    }

    @Test("A token forged with a secret is refused at both servers", arguments: Direction.allCases, Channel.allCases)
    func forged(_ direction: Direction, _ channel: Channel) async throws {
        try await onStage(direction) { stage in
            let tokens = try await Tokens(of: stage.signedInProgram())
            let stranger = Visitor.program(named: "stranger")
            let (good, other) =
                channel.carriesAccess ? (tokens.access, tokens.refresh) : (tokens.refresh, tokens.access)
            let forger = try Forger(keyFile: stage.cluster.bankKeys)
            let draft = try Draft(of: good)

            for server in [stage.here, stage.there] {
                for hostile in Forgeries(forger: forger, good: draft, otherType: other).all {
                    let answer = try await channel.send(hostile.token, to: server, by: stranger)
                    channel.expectRefusal(answer, of: hostile, at: server)
                }
            }
        }
    }

    @Test("What the tests sign with the cluster's secret is good", arguments: Direction.allCases, Channel.allCases)
    func forgerIsRight(_ direction: Direction, _ channel: Channel) async throws {
        try await onStage(direction) { stage in
            let tokens = try await Tokens(of: stage.signedInProgram())
            let stranger = Visitor.program(named: "stranger")
            let forger = try Forger(keyFile: stage.cluster.bankKeys)
            let draft = try Draft(of: channel.carriesAccess ? tokens.access : tokens.refresh)

            for server in [stage.here, stage.there] {
                for issuer in serverNames {
                    let copy = forger.token(draft.payload("iss", "\"\(issuer)\""))
                    #expect(try await channel.send(copy, to: server, by: stranger).status == 200, "iss \(issuer)")
                }
                // Claims that nobody here knows are ignored (RFC 7519 section 4).
                let more = forger.token(draft.payload("x", "[null]"))
                #expect(try await channel.send(more, to: server, by: stranger).status == 200)
            }
        }
    }

    @Test("A wrong access cookie is not renewed, even beside a good refresh cookie", arguments: Direction.allCases)
    func wrongAccessCookieBesideGoodRefresh(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let tokens = try await Tokens(of: stage.signedInProgram())
            let forger = try Forger(keyFile: stage.cluster.bankKeys)
            let draft = try Draft(of: tokens.access)
            let stranger = Visitor.program(named: "stranger")
            func home(_ access: String) async throws -> Exchange {
                try await stranger.get(
                    stage.there, "/",
                    headers: [Header("Cookie", "sso_access=\(access); sso_refresh=\(tokens.refresh)")])
            }

            let foreign = forger.token(draft.payload("aud", "\"other\""))
            expectSentToSignIn(try await home(foreign), "for another cluster")
            expectSentToSignIn(try await home(tokens.refresh), "a refresh token as access cookie")
            let expired = try await home(forger.token(draft.payload("exp", "1")))
            #expect(expired.status == 200)
            #expect(expired.setCookie(named: "sso_access") != nil)
        }
    }

    @Test("A refresh token whose count is not the user's is refused as revoked", arguments: Direction.allCases)
    func otherCount(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let draft = try Draft(of: Tokens(of: alice).refresh)
            let forger = try Forger(keyFile: stage.cluster.bankKeys)
            #expect(draft.payload["count"] == "0")

            alice.use(refreshToken: forger.token(draft.payload("count", "1")))
            expectRefusedToken(try await alice.refresh(at: stage.there), "token_revoked")
            alice.use(refreshToken: forger.token(draft.payload("sid", "\"no-such-session\"")))
            expectRefusedToken(try await alice.refresh(at: stage.there), "token_revoked")
            alice.use(refreshToken: forger.token(draft.payload("sub", "\"nobody\"")))
            expectRefusedToken(try await alice.refresh(at: stage.there), "token_revoked")
        }
    }

    @Test("Servers with different keys know nothing of each other's tokens", arguments: Direction.allCases)
    func otherKeys(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.keys = .different
        try await onStage(direction, options) { stage in
            let alice = try await stage.signedInProgram()
            #expect(try await alice.get(stage.here, "/api/me").status == 200)
            expectRefusedToken(try await alice.get(stage.there, "/api/me"))
            expectRefusedToken(try await alice.refresh(at: stage.there))
        }
    }
}

/// The two tokens of somebody who is signed in.
struct Tokens: Sendable {
    let access: String
    let refresh: String

    init(of program: Visitor) throws {
        access = try #require(program.accessToken)
        refresh = try #require(program.refreshToken)
    }
}
