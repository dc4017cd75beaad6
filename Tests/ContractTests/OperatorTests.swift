import Curl
import Foundation
import Harness
import Testing

@Suite("sso keys and sso users")
struct OperatorTests {
    @Test("keys new makes a file for its owner alone, and never overwrites one")
    func newKeys() async throws {
        try await withFolder { folder in
            let file = "\(folder)/keys.json"
            let made = try await run("sso", ["keys", "new", "--keys", file])
            #expect(made.status == 0)
            #expect(try mode(of: file) == 0o600)
            let text = try #require(FileManager.default.contents(atPath: file))
            let keys = try #require(JSONValue(Array(text))?["keys"]?.array)
            #expect(keys.count == 1)
            #expect(keys[0]["kty"]?.string == "oct")
            #expect(keys[0]["alg"]?.string == "HS256")
            let secret = try #require(keys[0]["k"]?.string)
            #expect(try #require(decodedBase64URL(secret)).count >= 32)
            #expect(!made.standardOutput.contains(secret) && !made.standardError.contains(secret))

            let again = try await run("sso", ["keys", "new", "--keys", file])
            #expect(again.status != 0)
            expectHint(again)
            #expect(FileManager.default.contents(atPath: file) == text)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == ["keys.json"], "nothing left beside it")

            let other = try await run("sso", ["keys", "new", "--keys", "\(folder)/other.json"])
            #expect(other.status == 0)
            #expect(try Forger(keyFile: "\(folder)/other.json").secret != Forger(keyFile: file).secret)
        }
    }

    @Test("keys add puts a key first, or with --standby last; retire takes it away")
    func addAndRetire() async throws {
        try await withFolder { folder in
            let file = "\(folder)/keys.json"
            try await Cluster.makeKeys(at: file)
            let first = try await list(file)
            #expect(first.map(\.role) == ["signs"])

            #expect(try await run("sso", ["keys", "add", "--keys", file]).status == 0)
            let second = try await list(file)
            #expect(second.map(\.role) == ["signs", "verifies"])
            #expect(second[1].kid == first[0].kid)

            #expect(try await run("sso", ["keys", "add", "--keys", file, "--standby"]).status == 0)
            let third = try await list(file)
            #expect(third.map(\.role) == ["signs", "verifies", "verifies"])
            #expect(third.prefix(2).map(\.kid) == second.map(\.kid))
            #expect(Set(third.map(\.kid)).count == 3)
            #expect(try mode(of: file) == 0o600)

            let retired = try await run("sso", ["keys", "retire", third[0].kid, "--keys", file])
            #expect(retired.status == 0)
            #expect(try await list(file).map(\.kid) == third.dropFirst().map(\.kid))
            #expect(try await list(file).map(\.role) == ["signs", "verifies"])
            #expect(try mode(of: file) == 0o600)
        }
    }

    @Test("keys promote lets a standby key sign, and running servers follow", arguments: Direction.allCases)
    func promote(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let file = stage.cluster.bankKeys
            let old = try await list(file)[0].kid
            let alice = try await stage.signedInProgram()
            #expect(try Draft(of: Tokens(of: alice).access).header["kid"] == "\"\(old)\"")

            #expect(try await run("sso", ["keys", "add", "--standby", "--keys", file]).status == 0)
            let new = try await list(file)[1].kid
            #expect(try await run("sso", ["keys", "promote", new, "--keys", file]).status == 0)
            #expect(try await list(file).map(\.kid) == [new, old])
            for server in [stage.here, stage.there] {
                try await waitUntil("\(server.name) signs with the new key") {
                    try await alice.refresh(at: server)
                    return try Draft(of: Tokens(of: alice).access).header["kid"] == "\"\(new)\""
                }
            }
            #expect(try await alice.get(stage.there, "/api/me").status == 200)
        }
    }

    @Test("keys retire refuses a kid that is not there, and the last key")
    func retireRefused() async throws {
        try await withFolder { folder in
            let file = "\(folder)/keys.json"
            try await Cluster.makeKeys(at: file)
            let before = FileManager.default.contents(atPath: file)
            let kid = try await list(file)[0].kid
            for wrong in ["unknown", kid.uppercased() + "x", kid] {
                let result = try await run("sso", ["keys", "retire", wrong, "--keys", file])
                #expect(result.status != 0, "\(wrong)")
                expectHint(result)
            }
            #expect(FileManager.default.contents(atPath: file) == before)
        }
    }

    @Test("keys list shows no secret; a file that is missing or broken is refused with a hint")
    func listing() async throws {
        try await withFolder { folder in
            let file = "\(folder)/keys.json"
            try await Cluster.makeKeys(at: file)
            let result = try await run("sso", ["keys", "list", "--keys", file])
            #expect(!result.standardOutput.contains(base64URL(try Forger(keyFile: file).secret)))
            try Data("broken".utf8).write(to: URL(fileURLWithPath: "\(folder)/broken.json"))
            for path in ["\(folder)/nothing.json", "\(folder)/broken.json"] {
                for command in [["list"], ["add"], ["retire", "x"]] {
                    let refused = try await run("sso", ["keys"] + command + ["--keys", path])
                    #expect(refused.status != 0, "\(command) \(path)")
                    expectHint(refused)
                }
            }
        }
    }

    @Test("A user whom the operator adds signs in at both servers", arguments: Direction.allCases)
    func addUser(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let added = try await users(stage, "add", "Bobby", "--password-stdin", input: "bobby's pass phrase\n")
            #expect(added.status == 0)
            #expect(!added.standardOutput.contains("pass phrase") && !added.standardError.contains("pass phrase"))
            let bobby = Visitor.program(named: "bobby")
            for server in [stage.here, stage.there] {
                let answer = try await bobby.signIn(at: server, username: "bobby", password: "bobby's pass phrase")
                #expect(answer.status == 200)
                #expect(try await bobby.get(server, server.dataPath).status == 200)
            }
            let wrong = try await bobby.signIn(at: stage.here, username: "bobby", password: "bobby's pass phrase\n")
            expectProblem(wrong, 401, "invalid_credentials")
        }
    }

    @Test("users add refuses a name that is taken, and what is no name or password", arguments: Direction.allCases)
    func addRefused(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            _ = try await stage.signedInProgram("alice")
            let attempts = [
                ("alice", "another pass phrase\n"), ("ALICE", "another pass phrase\n"), ("a", "good pass phrase\n"),
                ("a b c", "good pass phrase\n"), ("carol", "short\n"), ("carol", ""), ("carol", "\n"),
            ]
            for (name, password) in attempts {
                let result = try await users(stage, "add", name, "--password-stdin", input: password)
                #expect(result.status != 0, "\(name)")
                expectHint(result)
            }
            let list = try await users(stage, "list")
            #expect(list.status == 0)
            #expect(list.standardOutput.split(separator: "\n").map { $0.prefix { $0 != " " } } == ["alice"])
            let alice = Visitor.program(named: "alice")
            #expect(try await alice.signIn(at: stage.there, username: "alice", password: goodPassword).status == 200)
        }
    }

    @Test("A generated password is printed once, and is good", arguments: Direction.allCases)
    func generated(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let added = try await users(stage, "add", "carol", "--generate-password")
            #expect(added.status == 0)
            let words = added.standardOutput.split(whereSeparator: \.isWhitespace).map(String.init)
            let password = try #require(words.last)
            #expect(password.utf8.count >= 16)
            let carol = Visitor.program(named: "carol")
            #expect(try await carol.signIn(at: stage.there, username: "carol", password: password).status == 200)
            #expect(try await !users(stage, "list").standardOutput.contains(password))
        }
    }

    @Test("users revoke ends that user's sessions on both servers, and nobody else's", arguments: Direction.allCases)
    func revoke(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram("alice")
            let bobby = try await stage.signedInProgram("bobby")
            #expect(try await users(stage, "revoke", "Alice").status == 0)
            for server in [stage.here, stage.there] {
                expectRefusedToken(try await alice.refresh(at: server), "token_revoked")
            }
            #expect(try await bobby.refresh(at: stage.there).status == 200)
            try await alice.signIn(at: stage.there, username: "alice", password: goodPassword)
            #expect(try await alice.get(stage.here, "/api/me").jsonInteger("count") == 1)

            for nobody in ["nobody", "a b"] {
                let unknown = try await users(stage, "revoke", nobody)
                #expect(unknown.status != 0)
                expectHint(unknown)
            }
        }
    }

    @Test("users list counts the devices that are still signed in", arguments: Direction.allCases)
    func liveSessions(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let phone = try await stage.signedInProgram("alice")
            let laptop = Visitor.program(named: "laptop")
            #expect(
                try await laptop.signIn(at: stage.there, username: "alice", password: goodPassword).status == 200)
            #expect(try await users(stage, "list").standardOutput.contains("count=0 sessions=2"))
            let body = jsonObject(["current_password": goodPassword, "new_password": "something else"])
            #expect(try await phone.post(stage.here, "/api/password", json: body).status == 200)
            #expect(try await users(stage, "list").standardOutput.contains("count=1 sessions=1"))
        }
    }

    private func users(_ stage: Stage, _ arguments: String..., input: String? = nil) async throws -> RunResult {
        try await run(
            "sso", ["users"] + arguments + ["--database", stage.cluster.database],
            environment: ["SSO_SCRYPT": "4,8,1"], input: input.map { Array($0.utf8) })
    }

    private func list(_ file: String) async throws -> [(kid: String, role: String)] {
        let result = try await run("sso", ["keys", "list", "--keys", file])
        try #require(result.status == 0)
        return try result.standardOutput.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 2)
            return (words[0], words[1])
        }
    }

    private func expectHint(_ result: RunResult, sourceLocation: SourceLocation = #_sourceLocation) {
        let lines = result.standardError.split(separator: "\n")
        #expect(lines.count == 2, sourceLocation: sourceLocation)
        #expect(lines.first?.hasPrefix("sso: ") == true, sourceLocation: sourceLocation)
        #expect(lines.last?.hasPrefix("hint: ") == true, sourceLocation: sourceLocation)
    }
}
