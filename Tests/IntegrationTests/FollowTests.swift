import Foundation
import Harness
import Testing

@Suite("sso audit --follow")
struct FollowTests {
    @Test("An event that comes into sight after one with a larger number is printed too, and each once")
    func outOfOrder() async throws {
        try await withStage(.bankToRetirement) { stage in
            let output = "\(stage.cluster.folder)/followed"
            let printed = { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
            // As by two who were given their numbers in one order and committed in the other.
            let given = stage.database.kind == .postgresql ? "OVERRIDING SYSTEM VALUE" : ""
            func add(_ id: Int) async throws {
                try await stage.database.execute(
                    "INSERT INTO audit (id, at, event, server) \(given) VALUES (\(id), 1, 'sign_in_failed', 'bank')")
            }
            try await add(1)
            let database = stage.cluster.database
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let sso = "\((program as NSString).deletingLastPathComponent)/sso"
            let command = "exec \(sso) audit --json --follow --database '\(database)' > \(output)"
            // It ends when it is cancelled, which kills the command.
            let follower = Task { try await run("/bin/sh", ["-c", command]) }
            defer { follower.cancel() }
            try await waitUntil("it prints what was there") { printed().contains("\"id\":1,") }
            for id in [500, 400, 501, 450] {
                try await add(id)
                try await waitUntil("it prints event \(id)") { printed().contains("\"id\":\(id),") }
            }
            #expect(printed().split(separator: "\n").count == 5)
        }
    }
}
