import Curl
import Harness
import Testing

@Suite("POST /api/register")
struct RegistrationTests {
    @Test("A new user gets an id, and signs in at both servers", arguments: Direction.allCases)
    func created(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = Visitor.program(named: "alice")
            let answer = try await alice.register(at: stage.here, username: "Alice.A-1_@+", password: goodPassword)
            #expect(answer.status == 201)
            #expect(answer.header("Content-Type") == "application/json")
            #expect(answer.response.jsonKeys == ["id", "username"])
            #expect(answer.json("username") == "Alice.A-1_@+")
            let id = try #require(answer.json("id"))

            for server in [stage.here, stage.there] {
                try await alice.signIn(at: server, username: "alice.a-1_@+", password: goodPassword)
                let me = try await alice.get(server, "/api/me")
                #expect(me.json("sub") == id)
                #expect(me.json("name") == "Alice.A-1_@+")
                #expect(me.jsonInteger("count") == 0)
            }
        }
    }

    @Test("A name that is taken is refused at both servers, in any case", arguments: Direction.allCases)
    func taken(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram("alice")
            for name in ["alice", "Alice", "ALICE"] {
                for server in [stage.here, stage.there] {
                    let answer = try await alice.register(at: server, username: name, password: "another password")
                    expectProblem(answer, 409, "username_taken", "\(name) at \(server.name)")
                }
            }
            let old = try await alice.signIn(at: stage.there, username: "alice", password: goodPassword)
            #expect(old.status == 200)
        }
    }

    @Test("A user name that breaks the rule is refused with 422", arguments: Direction.allCases)
    func invalidName(_ direction: Direction) async throws {
        let names = [
            "", "a", "ab", String(repeating: "a", count: 65), "a b c", " alice", "alice ", "élodie", "e\u{301}lodie",
            "алиса", "アリス", "ali\u{0}ce", "ali\tce", "ali\r\nce", "alice\u{7f}", "\u{FEFF}alice", "ali\u{200B}ce",
            "\u{212A}elvin", "<script>", "../alice", "alice/bob", "alice;bob", "alice\"",
        ]
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "somebody")
            for name in names {
                let answer = try await program.register(at: stage.here, username: name, password: goodPassword)
                expectProblem(answer, 422, "invalid_username", "\(name.debugDescription)")
            }
            for name in ["abc", "a23", String(repeating: "a", count: 64)] {
                let answer = try await program.register(at: stage.here, username: name, password: goodPassword)
                #expect(answer.status == 201, "\(name)")
            }
        }
    }

    @Test(
        "A password has 8 to 256 characters, of any kind, and works at the other server", arguments: Direction.allCases)
    func passwordLength(_ direction: Direction) async throws {
        let bad = [
            "", "1234567", "😀😀😀😀😀😀😀", String(repeating: "x", count: 257), String(repeating: "😀", count: 257),
        ]
        let good = [
            "12345678", "😀😀😀😀😀😀😀😀", String(repeating: "x", count: 256), String(repeating: "é", count: 256),
            "        ", "with \"quotes\" & =+%", "nul\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}",
        ]
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "somebody")
            for password in bad {
                let answer = try await program.register(at: stage.here, username: "alice", password: password)
                expectProblem(answer, 422, "invalid_password", "\(password.unicodeScalars.count) characters")
            }
            for (number, password) in good.enumerated() {
                let name = "user\(number)"
                let answer = try await program.register(at: stage.here, username: name, password: password)
                #expect(answer.status == 201, "\(password)")
                let signIn = try await program.signIn(at: stage.there, username: name, password: password)
                #expect(signIn.status == 200, "\(password)")
            }
        }
    }

    @Test("Every character of a long password counts", arguments: Direction.allCases)
    func wholePassword(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let long = String(repeating: "x", count: 255)
            let alice = try await stage.signedInProgram(password: long + "y")
            for wrong in [long, long + "z", long + "yy", "\(long)y\u{0}"] {
                let answer = try await alice.signIn(at: stage.there, username: "alice", password: wrong)
                expectProblem(answer, 401, "invalid_credentials", "\(wrong.utf8.count) bytes")
            }
            #expect(try await alice.signIn(at: stage.there, username: "alice", password: long + "y").status == 200)
        }
    }

    @Test("Composed and decomposed é are the same password", arguments: Direction.allCases)
    func normalised(_ direction: Direction) async throws {
        let (composed, decomposed) = ("caf\u{e9} au lait", "cafe\u{301} au lait")
        try #require(!composed.utf8.elementsEqual(decomposed.utf8))
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "somebody")
            try await program.register(at: stage.here, username: "alice", password: composed)
            try await program.register(at: stage.here, username: "bobby", password: decomposed)
            for name in ["alice", "bobby"] {
                for password in [composed, decomposed] {
                    let answer = try await program.signIn(at: stage.there, username: name, password: password)
                    #expect(answer.status == 200, "\(name)")
                }
                let plain = try await program.signIn(at: stage.there, username: name, password: "cafe au lait")
                expectProblem(plain, 401, "invalid_credentials")
            }
        }
    }
}
