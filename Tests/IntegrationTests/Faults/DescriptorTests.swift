import Curl
import Foundation
import Harness
import Testing

extension Faults {
    @Suite("A server runs out of file descriptors")
    struct DescriptorTests {
        @Test(
            "It goes on for who is connected, says so in its log, and takes new connections when there is room again",
            arguments: Direction.allCases)
        func exhausted(direction: Direction) async throws {
            try await withStage(direction) { stage in
                try await stage.register("alice")
                let phone = try await stage.program(of: "alice")
                let process = try #require(stage.here.processID)
                let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").compactMap {
                    Int($0)
                }
                let limit = try #require(open.max()) + 10
                let result = try await run("/usr/bin/prlimit", ["--pid", "\(process)", "--nofile=\(limit):\(limit)"])
                try #require(result.status == 0, "\(result.standardError)")

                try await withCrowd(at: stage.here) {
                    try await waitUntil("\(stage.here.name) says so") {
                        stage.here.standardError.contains("no file descriptor is free")
                    }
                    #expect(try await phone.get(stage.here, "/api/me").status == 200)
                    try await expectRefreshWorks(phone, at: [stage.here], count: 0)
                    #expect(
                        try await phone.get(stage.here, "/metrics").text.contains("sso_descriptor_shortages_total 1\n"))
                    #expect(stage.here.isRunning)
                }
                try await waitUntil("\(stage.here.name) has some again") {
                    stage.here.standardError.contains("file descriptors are free again")
                }
                _ = try await stage.program(of: "alice")
                #expect(try await phone.get(stage.here, "/readyz").status == 200)
            }
        }

        /// Runs the body while so many visitors stay connected that the next one is not answered.
        private func withCrowd(at server: ServerProcess, _ body: () async throws -> Void) async throws {
            var options = Client.Options()
            options.timeout = .seconds(1)
            var crowd: [Visitor] = []
            var isFull = false
            while !isFull, crowd.count < 100 {
                let visitor = Visitor.program(named: "visitor \(crowd.count)", options: options)
                crowd.append(visitor)
                do {
                    #expect(try await visitor.get(server, "/livez").status == 200)
                } catch CurlError.timedOut {
                    isFull = true
                }
            }
            #expect(isFull, "a hundred visitors, and there was room for all")
            try await body()
            // They leave when nobody holds them any more.
            withExtendedLifetime(crowd) {}
        }
    }
}
