import Curl
import Foundation
import Harness
import Testing

extension Faults {
    @Suite("What machines are told of a broken key file")
    struct KeyFileReadinessTests {
        @Test(
            "The server is not ready and says why, counts it, logs it once, and is ready when the file is mended",
            arguments: Direction.allCases)
        func readiness(direction: Direction) async throws {
            try await withStage(direction) { stage in
                try await stage.register("alice")
                let alice = try await stage.program(of: "alice")
                let file = URL(fileURLWithPath: stage.cluster.bankKeys)
                let good = try Data(contentsOf: file)
                for server in stage.servers {
                    #expect(try await alice.get(server, "/readyz").status == 200)
                    #expect(try await failures(server) == 0)
                }

                try Data("{\"keys\": [garbage".utf8).write(to: file)
                for server in stage.servers {
                    // It is read again and again.
                    try await waitUntil("\(server.name) has counted some failures") { try await failures(server) >= 4 }
                    let ready = try await alice.get(server, "/readyz")
                    #expect(ready.status == 503)
                    #expect(ready.json("code") == "not_ready")
                    #expect(ready.json("detail")?.contains("key file") == true)
                    #expect(ready.json("detail")?.contains("database") == false)
                    #expect(!ready.text.contains(file.path), "strangers learn no paths")
                    #expect(server.standardError.split(separator: "\n").count { $0.contains("keys not loaded") } == 1)
                    #expect(try await alice.get(server, "/api/me").status == 200)
                    #expect(try await alice.get(server, "/livez").status == 200)
                }
                try await expectRefreshWorks(alice, at: stage.servers, count: 0)

                try good.write(to: file)
                for server in stage.servers {
                    try await waitUntil("\(server.name) is ready again") {
                        try await alice.get(server, "/readyz").status == 200
                    }
                    #expect(try await alice.get(server, "/api/me").status == 200)
                }
            }
        }

        private func failures(_ server: ServerProcess) async throws -> Int {
            let text = try await Visitor.program(named: "operator").get(server, "/metrics").text
            let line = text.split(separator: "\n").first { $0.hasPrefix("sso_key_file_failures_total ") }
            return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
        }
    }
}
