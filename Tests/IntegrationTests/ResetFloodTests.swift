import Curl
import Foundation
import Harness
import Testing

@Suite("Many who ask for a link at once")
struct ResetFloodTests {
    /// Asks for a link from an address of this machine's choice; gives the status.
    private func ask(for name: String, at server: ServerProcess, from source: String) async throws -> Int? {
        let answer = try await RawConnection.post(
            "/api/password/forgot", json: jsonObject(["username": name]), to: server, from: source)
        let words = answer.split(separator: " ", maxSplits: 2)
        return words.count > 1 ? Int(words[1]) : nil
    }

    /// How often one address may ask is another matter, and another test.
    private var options: Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--attempt-limits", "off"]
        return options
    }

    @Test(
        "Each is answered at once, or turned away, and memory is bounded, though the database is locked; then work goes on"
    )
    func flood() async throws {
        try await withStage(.bankToRetirement, options) { stage in
            let program = Visitor.program(named: "somebody")
            let answer = try await program.register(
                at: stage.here, username: "anna", password: password(of: "anna"), email: "anna@example.com")
            try #require(answer.status == 201)
            var answers: [Int?] = []
            var refused: Exchange?
            try await stage.database.withExclusiveLock {
                let start = ContinuousClock.now
                for number in 0..<300 {
                    answers.append(
                        try await ask(for: "nobody\(number)", at: stage.here, from: "127.0.3.\(number % 20 + 1)"))
                }
                refused = try await program.forgetPassword(at: stage.here, username: "anna")
                // Nobody waited for the database, which others wait for.
                #expect(ContinuousClock.now - start < .seconds(60))
            }
            let taken = answers.prefix { $0 == 202 }
            // One may be out of the queue already, being looked up.
            #expect((256...258).contains(taken.count))
            #expect(answers.dropFirst(taken.count).allSatisfy { $0 == 503 })
            let problem = try #require(refused)
            expectProblem(problem, 503, "too_many_resets")
            #expect(problem.header("Retry-After") == "2")
            #expect(problem.timings.total < 2)
            try await waitUntil("there is room again") {
                try await program.forgetPassword(at: stage.here, username: "anna").status == 202
            }
            _ = try await stage.cluster.newestMail(to: "anna@example.com")
        }
    }

    @Test(
        "One address may ask for sixteen, then one a second; the rest is left to others", arguments: Direction.allCases)
    func places(_ direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.database.withExclusiveLock {
                let start = ContinuousClock.now
                var taken = 0
                for number in 0..<40 {
                    let status = try await ask(for: "nobody\(number)", at: stage.here, from: "127.0.4.1")
                    if status == 202 { taken += 1 } else { #expect(status == 429) }
                }
                let seconds = Int((ContinuousClock.now - start) / .seconds(1))
                #expect((16...17 + seconds).contains(taken))
                #expect(try await ask(for: "anna", at: stage.here, from: "127.0.4.2") == 202)
            }
            try await waitUntil("there is room again") {
                try await ask(for: "anna", at: stage.here, from: "127.0.4.1") == 202
            }
        }
    }

    @Test(
        "An address that may have all connections is a proxy's, and has all of the room", arguments: Direction.allCases)
    func proxy(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--max-connections", "64", "--max-connections-per-address", "64"]
        try await withStage(direction, options) { stage async throws in
            for number in 0..<40 {
                #expect(try await ask(for: "nobody\(number)", at: stage.here, from: "127.0.4.1") == 202)
            }
        }
    }
}
