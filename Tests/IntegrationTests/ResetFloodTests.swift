import Curl
import Harness
import Testing

@Suite("Many who ask for a link at once")
struct ResetFloodTests {
    @Test(
        "Each is answered at once, or turned away, and memory is bounded, though the database is locked; then work goes on"
    )
    func flood() async throws {
        // All come from one address, whose limit is another matter.
        var options = Cluster.Options()
        options.arguments = ["--attempt-limits", "off"]
        try await withStage(.bankToRetirement, options) { stage in
            let program = Visitor.program(named: "somebody")
            let answer = try await program.register(
                at: stage.here, username: "anna", password: password(of: "anna"), email: "anna@example.com")
            try #require(answer.status == 201)
            var answers: [Exchange] = []
            try await stage.database.withExclusiveLock {
                for number in 0..<300 {
                    answers.append(try await program.forgetPassword(at: stage.here, username: "nobody\(number)"))
                }
                // Nobody waited for the database, which others wait for.
                #expect(answers.allSatisfy { $0.timings.total < 2 })
            }
            let taken = answers.prefix { $0.status == 202 }
            // One may be out of the queue already, being looked up.
            #expect((256...258).contains(taken.count))
            for refused in answers.dropFirst(taken.count) {
                expectProblem(refused, 503, "too_many_resets")
                #expect(refused.header("Retry-After") == "2")
            }
            try await waitUntil("there is room again") {
                try await program.forgetPassword(at: stage.here, username: "anna").status == 202
            }
            _ = try await stage.cluster.newestMail(to: "anna@example.com")
        }
    }
}
