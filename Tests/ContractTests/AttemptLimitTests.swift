import Curl
import Foundation
import Harness
import Testing

@Suite("How often passwords may be tried")
struct AttemptLimitTests {
    private static func options(_ more: [String] = []) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--attempts-per-account", "3,20"] + more
        return options
    }

    /// Posts a JSON sign-in from an address of this machine's choice; gives the whole answer.
    private func signIn(
        _ name: String, _ password: String, at server: ServerProcess, from source: String
    ) async throws -> String {
        let body = jsonObject(["username": name, "password": password])
        return try await RawConnection.post("/api/login", json: body, to: server, from: source)
    }

    @Test(
        "Failures at both servers count together, and the right password has to wait as well",
        arguments: Direction.allCases)
    func together(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            try await Visitor.program(named: "alice").register(
                at: stage.here, username: "alice", password: goodPassword)
            for server in [stage.here, stage.there, stage.here] {
                let answer = try await signIn("alice", "wrong password", at: server, from: "127.0.0.9")
                #expect(answer.hasPrefix("HTTP/1.1 401 "))
            }
            for server in [stage.here, stage.there] {
                for password in ["wrong password", goodPassword] {
                    let answer = try await signIn("ALICE", password, at: server, from: "127.0.0.9")
                    #expect(answer.hasPrefix("HTTP/1.1 429 "))
                    #expect(answer.contains("\"code\":\"too_many_attempts\""))
                    let wait = answer.split(separator: "\r\n").first { $0.hasPrefix("Retry-After: ") }
                    #expect(try (1...2).contains(#require(wait.flatMap { Int($0.dropFirst(13)) })))
                }
            }
            // Two seconds for each at first.
            try await waitUntil("the delay is over") {
                try await signIn("alice", goodPassword, at: stage.there, from: "127.0.0.9").hasPrefix("HTTP/1.1 200 ")
            }
        }
    }

    @Test(
        "A flood of failures from elsewhere leaves the owner where they usually sign in alone",
        arguments: Direction.allCases)
    func ownerAtHome(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            let alice = try await stage.signedInProgram()
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        _ = try? await signIn(
                            "alice", "guess \(index)", at: index % 2 == 0 ? stage.here : stage.there,
                            from: "127.0.1.\(index % 20 + 1)")
                    }
                }
            }
            let refused = try await signIn("alice", goodPassword, at: stage.here, from: "127.0.1.1")
            #expect(refused.hasPrefix("HTTP/1.1 429 "))
            for server in [stage.here, stage.there] {
                let answer = try await alice.signIn(at: server, username: "alice", password: goodPassword)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("A name that nobody has is limited in the very same way", arguments: Direction.allCases)
    func unknownUser(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            try await Visitor.program(named: "alice").register(
                at: stage.here, username: "alice", password: goodPassword)
            func story(_ name: String) async throws -> [String] {
                var lines: [String] = []
                for _ in 0..<6 {
                    let answer = try await signIn(name, "wrong password", at: stage.here, from: "127.0.0.8")
                    let varying = ["Date", "X-Request-Id", "Server-Timing"]
                    lines += answer.split(separator: "\r\n").map(String.init).filter { line in
                        !varying.contains { line.hasPrefix("\($0): ") }
                    }
                }
                return lines
            }
            let known = try await story("alice")
            #expect(try await story("nobody") == known)
            #expect(known.contains("HTTP/1.1 429 Too Many Requests"))
        }
    }

    @Test(
        "The page says it, with the same status and the same header, and keeps the name", arguments: Direction.allCases)
    func page(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            let browser = Visitor.browser(named: "somebody")
            var answer = try await browser.signIn(at: stage.here, username: "nobody", password: "wrong password")
            for _ in 0..<3 {
                answer = try await browser.signIn(at: stage.here, username: "nobody", password: "wrong password")
            }
            #expect(answer.status == 429)
            #expect(answer.header("Retry-After") == "2")
            #expect(answer.text.contains("Too many attempts. Try again in 2 seconds."))
            #expect(answer.text.contains("value=\"nobody\""))
            #expect(answer.headers(named: "Set-Cookie") == [])
        }
    }

    @Test(
        "Guesses at the current password are limited; the right one is not needed elsewhere",
        arguments: Direction.allCases)
    func currentPassword(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            let thief = try await stage.signedInProgram()
            let guess = jsonObject(["current_password": "a wrong guess", "new_password": "another pass phrase"])
            for _ in 0..<3 {
                expectProblem(
                    try await thief.post(stage.here, "/api/password", json: guess), 401, "invalid_credentials")
            }
            let answer = try await thief.post(stage.there, "/api/password", json: guess)
            expectProblem(answer, 429, "too_many_attempts")
            #expect(answer.header("Retry-After") != nil)
            #expect(try await thief.signIn(at: stage.here, username: "alice", password: goodPassword).status == 200)
        }
    }

    @Test("An address that asks for names that are taken is refused after a while", arguments: Direction.allCases)
    func takenNames(_ direction: Direction) async throws {
        try await onStage(direction, Self.options(["--attempts-per-address", "5,10"])) { stage async throws in
            let collector = Visitor.program(named: "collector")
            try await collector.register(at: stage.here, username: "alice", password: goodPassword)
            for index in 0..<5 {
                let server = index % 2 == 0 ? stage.here : stage.there
                let answer = try await collector.register(at: server, username: "alice", password: goodPassword)
                expectProblem(answer, 409, "username_taken")
            }
            for name in ["alice", "robert"] {
                let answer = try await collector.register(at: stage.there, username: name, password: goodPassword)
                expectProblem(answer, 429, "too_many_attempts")
                #expect(answer.header("Retry-After") == "10")
            }
        }
    }

    @Test("An address adds so many users, at both servers together; others go on", arguments: Direction.allCases)
    func newUsers(_ direction: Direction) async throws {
        try await onStage(direction, Self.options(["--attempts-per-address", "4,60"])) { stage async throws in
            func register(_ name: String, at server: ServerProcess, from source: String) async throws -> String {
                let body = jsonObject(["username": name, "password": goodPassword])
                return try await RawConnection.post("/api/register", json: body, to: server, from: source)
            }
            for index in 0..<4 {
                let answer = try await register(
                    "user\(index)", at: index % 2 == 0 ? stage.here : stage.there, from: "127.0.0.8")
                #expect(answer.hasPrefix("HTTP/1.1 201 "))
            }
            for server in [stage.here, stage.there] {
                let answer = try await register("late", at: server, from: "127.0.0.8")
                #expect(answer.hasPrefix("HTTP/1.1 429 "))
                #expect(answer.contains("\"code\":\"too_many_attempts\""))
            }
            let other = try await register("late", at: stage.there, from: "127.0.0.9")
            #expect(other.hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test("A failing address is refused for every account, and what it says of itself in headers counts for nothing")
    func address() async throws {
        try await onStage(.bankToRetirement, Self.options(["--attempts-per-address", "5,10"])) { stage async throws in
            let sprayer = Visitor.program(named: "sprayer")
            func spray(_ index: Int) async throws -> Exchange {
                try await sprayer.post(
                    stage.here, "/api/login",
                    json: jsonObject(["username": "user\(index)", "password": "Summer 2026"]),
                    headers: [
                        Header("X-Forwarded-For", "198.51.100.\(index)"),
                        Header("Forwarded", "for=198.51.100.\(index)"),
                        Header("X-Real-IP", "198.51.100.\(index)"),
                    ])
            }
            for index in 0..<5 { expectProblem(try await spray(index), 401, "invalid_credentials") }
            expectProblem(try await spray(6), 429, "too_many_attempts")
        }
    }

    @Test("Sixty sign-ins of one account at once all succeed where it is at home", arguments: Direction.allCases)
    func manyAtOnce(_ direction: Direction) async throws {
        try await onStage(direction) { stage async throws in
            _ = try await stage.signedInProgram()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        try await Visitor.program(named: "alice's device").signIn(
                            at: index % 2 == 0 ? stage.here : stage.there, username: "alice", password: goodPassword
                        ).status
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200])
        }
    }

    @Test("With --attempt-limits off nothing is limited, and nothing is counted")
    func off() async throws {
        try await onStage(.bankToRetirement, Self.options(["--attempt-limits", "off"])) { stage async throws in
            let program = Visitor.program(named: "program")
            for _ in 0..<20 {
                let answer = try await program.signIn(at: stage.here, username: "nobody", password: "wrong password")
                expectProblem(answer, 401, "invalid_credentials")
                // The user is looked for, and the failure recorded.
                #expect(answer.response.serverTiming == ServerTiming(auth: 0, db: 2))
            }
        }
    }
}
