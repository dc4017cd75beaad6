import Curl
import Foundation
import Harness
import Testing

@Suite("Which credentials count")
struct CredentialTests {
    @Test("Bearer is known in any case", arguments: Direction.allCases)
    func anyCase(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let program = Visitor.program(named: "program")
            for scheme in ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer ", "bearer  "] {
                let answer = try await program.get(
                    stage.there, "/api/me", headers: [Header("Authorization", "\(scheme) \(token)")])
                #expect(answer.status == 200, "\(scheme)")
                #expect(answer.json("name") == "alice", "\(scheme)")
            }
        }
    }

    @Test("Another scheme is not ours: the cookies count then", arguments: Direction.allCases)
    func otherScheme(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let program = Visitor.program(named: "program")
            for value in ["Basic YWxpY2U6cGFzc3dvcmQ=", "Digest x", "Bearerx \(token)", "Basic"] {
                let authorization = Header("Authorization", value)
                let alone = try await program.get(stage.there, "/api/me", headers: [authorization])
                expectProblem(alone, 401, "token_missing", "\(value)")
                let cookie = Header("Cookie", "sso_access=\(token)")
                let beside = try await program.get(stage.there, "/api/me", headers: [authorization, cookie])
                #expect(beside.status == 200, "\(value)")
            }
        }
    }

    @Test("Bearer wins over cookies: good beside bad cookies, bad beside good ones", arguments: Direction.allCases)
    func bearerWins(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try Tokens(of: try await stage.signedInProgram("alice")).access
            let bobby = try Tokens(of: try await stage.signedInProgram("bobby")).access
            let program = Visitor.program(named: "program")
            func me(_ bearer: String, _ cookie: String) async throws -> Exchange {
                try await program.get(
                    stage.there, "/api/me",
                    headers: [Header("Authorization", "Bearer \(bearer)"), Header("Cookie", cookie)])
            }

            #expect(try await me(alice, "sso_access=\(bobby)").json("name") == "alice")
            #expect(try await me(alice, "sso_access=nonsense").json("name") == "alice")
            // Cookies are not looked at, so it does not matter that they contradict each other.
            #expect(try await me(alice, "sso_access=\(bobby); sso_access=x").json("name") == "alice")
            expectRefusedToken(try await me("nonsense", "sso_access=\(bobby)"))
            expectRefusedToken(try await me("\(alice)x", "sso_access=\(alice)"))
        }
    }

    @Test("An empty bearer is refused, also beside good cookies", arguments: Direction.allCases)
    func emptyBearer(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let program = Visitor.program(named: "program")
            for value in ["Bearer", "bearer", "Bearer "] {
                let authorization = Header("Authorization", value)
                let alone = try await program.get(stage.there, "/api/me", headers: [authorization])
                #expect(alone.status == 401, "\(value)")
                let beside = try await program.get(
                    stage.there, "/api/me", headers: [authorization, Header("Cookie", "sso_access=\(token)")])
                #expect(beside.status == 401, "\(value) beside a good cookie")
            }
        }
    }

    @Test("Two Authorization headers are refused, even equal ones", arguments: Direction.allCases)
    func twoAuthorizations(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let program = Visitor.program(named: "program")
            for other in ["Bearer \(token)", "Bearer nonsense", "Basic YTpi"] {
                for path in ["/api/me", stage.there.dataPath] {
                    let both = [Header("Authorization", "Bearer \(token)"), Header("Authorization", other)]
                    for headers in [both, both.reversed()] {
                        let answer = try await program.get(stage.there, path, headers: headers)
                        expectProblem(answer, 400, "ambiguous_credentials", "\(other.prefix(20)) at \(path)")
                    }
                }
            }
        }
    }

    @Test("Two cookies of our name are refused if they differ, and accepted if not", arguments: Direction.allCases)
    func twoCookies(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try Tokens(of: try await stage.signedInProgram("alice")).access
            let bobby = try Tokens(of: try await stage.signedInProgram("bobby")).access
            let program = Visitor.program(named: "program")
            let different = [
                ["sso_access=\(alice); sso_access=\(bobby)"], ["sso_access=\(alice)", "sso_access=\(bobby)"],
                ["sso_access=\(alice); sso_access="], ["sso_access=nonsense; a=b; sso_access=\(alice)"],
                ["sso_access=\(alice); sso_refresh=x; sso_refresh=y"],
            ]
            for path in ["/api/me", "/", stage.there.dataPath] {
                for lines in different {
                    let answer = try await program.get(
                        stage.there, path, headers: lines.map { Header("Cookie", $0) })
                    expectProblem(answer, 400, "ambiguous_credentials", "\(path): \(lines)")
                }
                for lines in [
                    ["sso_access=\(alice); sso_access=\(alice)"], ["sso_access=\(alice)", "sso_access=\(alice)"],
                ] {
                    let answer = try await program.get(
                        stage.there, path, headers: lines.map { Header("Cookie", $0) })
                    #expect(answer.status == 200, "\(path): \(lines)")
                }
            }
        }
    }

    @Test("Odd cookies beside ours do no harm", arguments: Direction.allCases)
    func oddCookies(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let program = Visitor.program(named: "program")
            let many = (1...200).map { "cookie\($0)=value\($0)" }.joined(separator: "; ")
            for line in [
                "\(many); sso_access=\(token)", "sso_access=\(token); \(many)", "novalue; sso_access=\(token)",
                "sso_access; sso_access=\(token)", "=nothing; sso_access=\(token)", ";;; sso_access=\(token);;",
                "sso_access=\(token);", "xsso_access=x; sso_access=\(token); sso_accessx=y",
                "SSO_ACCESS=x; sso_access=\(token)", "a=\"b;c\"; sso_access=\(token)", "a=b=c; sso_access=\(token)",
            ] {
                let answer = try await program.get(stage.there, "/api/me", headers: [Header("Cookie", line)])
                #expect(answer.status == 200, "\(line.prefix(60))")
            }
            for line in ["sso_access", "sso_access=", "=sso_access", "sso_access =", "x=sso_access=\(token)"] {
                let answer = try await program.get(stage.there, "/api/me", headers: [Header("Cookie", line)])
                #expect(answer.status == 401, "\(line.prefix(60))")
            }
        }
    }

    @Test("A header of 100 KB ends in a refusal, and the server lives on", arguments: Direction.allCases)
    func hugeHeaders(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let huge = String(repeating: "x", count: 100_000)
            let attempts = [
                Header("X-Huge", huge), Header("Cookie", "sso_access=\(huge)"),
                Header("Authorization", "Bearer \(huge)"),
                Header(huge, "x"),
            ]
            for header in attempts {
                let stranger = Visitor.program(named: "stranger")
                // Nil: the connection was closed.
                let answer = try? await stranger.get(stage.there, "/api/me", headers: [header])
                #expect(answer.map { (400..<500).contains($0.status) } ?? true, "\(header.name.prefix(20))")
                #expect(try await alice.get(stage.there, "/api/me").status == 200)
            }
            let path = "/" + huge
            let answer = try? await Visitor.program(named: "stranger").get(stage.there, path)
            #expect(answer.map { (400..<500).contains($0.status) } ?? true)
            #expect(try await alice.get(stage.there, "/api/me").status == 200)
            #expect(stage.there.isRunning)
        }
    }

    @Test("A token in the address or in a form is not looked at", arguments: Direction.allCases)
    func tokenElsewhere(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let program = Visitor.program(named: "program")
            let answer = try await program.get(stage.there, "/api/me?access_token=\(token)")
            expectProblem(answer, 401, "token_missing")
        }
    }

    @Test("The pages work with cookies alone, whatever Authorization says", arguments: Direction.allCases)
    func pagesByCookies(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let token = try Tokens(of: alice).access
            expectSentToSignIn(try await alice.get(stage.there, "/"), "a bearer token alone")
            let answer = try await alice.get(
                stage.there, "/",
                headers: [Header("Authorization", "Bearer nonsense"), Header("Cookie", "sso_access=\(token)")])
            #expect(answer.status == 200)
        }
    }
}
