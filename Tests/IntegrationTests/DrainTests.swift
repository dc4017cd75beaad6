import Curl
import Foundation
import Harness
import Testing

@Suite("Stopping a server behind a gateway")
struct DrainTests {
    @Test("It says that it is not ready, serves on, and then stops in order", arguments: Direction.allCases)
    func drains(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--drain", "3"]
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let probe = Visitor.program(named: "gateway")
            let start = ContinuousClock.now
            stage.here.signal(SIGTERM)
            try await waitUntil("\(stage.here.name) is not ready") {
                let answer = try await probe.get(stage.here, "/readyz")
                return answer.status == 503 && answer.json("detail")?.contains("about to stop") == true
            }
            #expect(try await probe.get(stage.here, "/livez").status == 200)
            #expect(try await alice.get(stage.here, "/api/me").status == 200)
            #expect(try await alice.refresh(at: stage.here).status == 200)
            // New connections too: the gateway may not have looked yet.
            let bob = Visitor.program(named: "bob")
            #expect(try await bob.register(at: stage.here, username: "bob", password: "bob's password").status == 201)
            #expect(try await probe.get(stage.there, "/readyz").status == 200)

            try await waitUntil("\(stage.here.name) ends") { !stage.here.isRunning }
            #expect(stage.here.exitStatus == 0)
            #expect(ContinuousClock.now - start >= .seconds(3))
        }
    }

    @Test("Unless it is told to, it does not wait")
    func noDrain() async throws {
        try await Cluster.with { cluster in
            let start = ContinuousClock.now
            #expect(await cluster.bank.stop() == 0)
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }
}
