import Curl
import Foundation
import Harness
import Testing

@Suite("Stopping a server in order")
struct GracefulStopTests {
    @Test(
        "A sign-in that is under way is answered, and the server exits with 0",
        arguments: Direction.allCases, [SIGTERM, SIGINT])
    func requestInFlight(direction: Direction, signal: Int32) async throws {
        var options = Cluster.Options()
        // About half a second of work for each password: long enough to be seen from outside.
        options.scrypt = "17,8,1"
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let process = try #require(stage.here.processID)
            let before = try processorTicks(of: process)
            let alice = Visitor.program(named: "Alice")
            async let signIn = alice.signIn(at: stage.here, username: "alice", password: password(of: "alice"))
            // 20 ticks are 0.2 s: nothing but the password's hash takes so much.
            try await waitUntil("\(stage.here.name) works on the password") {
                try processorTicks(of: process) >= before + 20
            }
            stage.here.signal(signal)

            #expect(try await signIn.status == 200)
            try await waitUntil("\(stage.here.name) ends") { !stage.here.isRunning }
            #expect(stage.here.exitStatus == 0)
            await #expect(throws: CurlError.self) {
                try await Visitor.program(named: "Bob").get(stage.here, "/livez")
            }
            // The tokens it gave last are good, and so is the session that it wrote.
            #expect(try await alice.get(stage.there, "/api/me").json("iss") == stage.here.name)
            try await expectRefreshWorks(alice, at: [stage.there], count: 0)
        }
    }

    @Test("Idle connections that clients keep open don't hold it up", arguments: Direction.allCases, [SIGTERM, SIGINT])
    func idleConnections(direction: Direction, signal: Int32) async throws {
        try await withStage(direction) { stage in
            let visitors = (1...5).map { Visitor.program(named: "visitor \($0)") }
            for visitor in visitors {
                #expect(try await visitor.get(stage.here, "/livez").status == 200)
            }
            stage.here.signal(signal)
            try await waitUntil("\(stage.here.name) ends") { !stage.here.isRunning }
            #expect(stage.here.exitStatus == 0)
            #expect(stage.there.isRunning)
            try await stage.here.start()
            for visitor in visitors {
                #expect(try await visitor.get(stage.here, "/livez").status == 200)
            }
        }
    }
}

/// The processor time that a process has used, in ticks of 10 ms.
private func processorTicks(of process: pid_t) throws -> Int {
    let statistics = try #require(FileManager.default.contents(atPath: "/proc/\(process)/stat"))
    // The second field, in parentheses, may hold anything; after it utime and stime are the 12th and 13th.
    let fields = try #require(
        String(decoding: statistics, as: UTF8.self).split(separator: ")").last
    ).split(separator: " ")
    return try #require(Int(fields[11])) + (try #require(Int(fields[12])))
}
