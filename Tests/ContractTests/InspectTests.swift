import Curl
import Harness
import Testing

@Suite("sso token inspect")
struct InspectTests {
    @Test("A good token: its parts, its dates, and the verdict", arguments: Direction.allCases)
    func good(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let tokens = try Tokens(of: try await stage.signedInProgram())
            for token in [tokens.access, tokens.refresh] {
                let result = try await inspect(token, "--keys", stage.cluster.bankKeys)
                #expect(result.status == 0)
                try expectParts(of: token, in: result.standardOutput)
                #expect(verdict(result) == "good")
            }
        }
    }

    @Test("A bad token: the verdict, the rule, and exit status 1", arguments: Direction.allCases)
    func bad(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let forger = try Forger(keyFile: stage.cluster.bankKeys)
            let draft = try Draft(of: token)
            let changed = forger.token(draft, secret: [UInt8](repeating: 1, count: 32))
            let cases = [
                (forger.token(draft.payload("exp", "1")), "expired"), (changed, "signature"),
                (forger.token(draft.payload("aud", "\"other\"")), "cluster"),
                (forger.token(draft.payload("iss", "\"evil\"")), "issuer"),
                (forger.token(draft.header("kid", "\"unknown\"")), "key"),
                (forger.token(draft.header("alg", "\"none\"")), "HS256"),
                (forger.token(draft.payload("iat", "9999999999").payload("exp", "99999999999")), "future"),
            ]
            for (token, rule) in cases {
                let result = try await inspect(token, "--keys", stage.cluster.bankKeys)
                #expect(result.status == 1, "\(rule)")
                try expectParts(of: token, in: result.standardOutput)
                #expect(verdict(result)?.contains(rule) == true, "\(rule): \(result.standardOutput)")
                #expect(verdict(result) != "good", "\(rule)")
            }
        }
    }

    @Test("Another audience is asked for by name", arguments: Direction.allCases)
    func audience(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--audience", "other"]
        try await onStage(direction, options) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            #expect(try await inspect(token, "--keys", stage.cluster.bankKeys).status == 1)
            #expect(try await inspect(token, "--keys", stage.cluster.bankKeys, "--audience", "other").status == 0)
        }
    }

    @Test("Without keys there are the parts, but no verdict", arguments: Direction.allCases)
    func withoutKeys(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).access
            let forged = try Forger(keyFile: stage.cluster.bankKeys).token(Draft(of: token), secret: [])
            for token in [token, forged] {
                let result = try await inspect(token)
                #expect(result.status == 0)
                try expectParts(of: token, in: result.standardOutput)
                #expect(!result.standardOutput.contains("good") && !result.standardOutput.contains("refused"))
            }
        }
    }

    @Test("'-' reads the token from standard input", arguments: Direction.allCases)
    func standardInput(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let token = try Tokens(of: try await stage.signedInProgram()).refresh
            let keys = stage.cluster.retirementKeys
            let result = try await run(
                "sso", ["token", "inspect", "-", "--keys", keys], input: Array("\(token)\n".utf8))
            #expect(result.status == 0)
            try expectParts(of: token, in: result.standardOutput)
            #expect(verdict(result) == "good")
        }
    }

    @Test(
        "What is no token is refused with a clear error", arguments: ["", "hello", "a.b", "a.b.c.d", "..", "%%.%%.%%"])
    func garbage(_ text: String) async throws {
        for (arguments, input) in [([text], nil), (["-"], Array(text.utf8))] as [([String], [UInt8]?)] {
            let result = try await run("sso", ["token", "inspect"] + arguments, input: input)
            #expect(result.status != 0)
            #expect(result.standardOutput == "")
            let lines = result.standardError.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.hasPrefix("sso: ") == true && lines.first?.contains("token") == true)
            #expect(lines.last?.hasPrefix("hint: ") == true)
        }
    }

    private func inspect(_ arguments: String...) async throws -> RunResult {
        try await run("sso", ["token", "inspect"] + arguments)
    }

    /// The line after `verdict`.
    private func verdict(_ result: RunResult) -> String? {
        let lines = result.standardOutput.split(separator: "\n").map { $0.drop { $0 == " " } }
        return lines.firstIndex(of: "verdict").flatMap { lines.indices.contains($0 + 1) ? String(lines[$0 + 1]) : nil }
    }

    /// Expects every member of the token, and the year of each date.
    private func expectParts(
        of token: String, in output: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let draft = try Draft(of: token)
        for (name, value) in draft.header.members + draft.payload.members {
            let shown = "\(name): \(value.replacing("\"", with: ""))"
            #expect(output.contains(shown), sourceLocation: sourceLocation)
        }
        for name in ["iat", "exp"] {
            let date = try #require(output.firstMatch(of: /(\d+) \((\d+-\d\d-\d\dT\d\d:\d\d:\d\dZ)/), "\(name)")
            #expect(date.2.hasSuffix("Z"), sourceLocation: sourceLocation)
        }
    }
}
