import Foundation
import GRDB
import Harness
import Testing

/// What the article on security tells operators to do.
@Suite(
    "Taking old rows out of the audit record",
    .enabled(if: DatabaseKind.chosen == .sqlite, "it is about the triggers, which PostgreSQL's tables do without"))
struct AuditPruningTests {
    /// What stands in the article's first block of a language.
    private func block(_ language: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appendingPathComponent("Sources/SSOServer/Guides.docc/Security.md"), encoding: .utf8)
        let start = try #require(article.range(of: "```\(language)\n")).upperBound
        let end = try #require(article[start...].range(of: "```")).lowerBound
        return String(article[start..<end])
    }

    @Test("What is old goes, what is new stays, nothing can be deleted afterwards, and the servers notice nothing")
    func prune() async throws {
        // Failures under names that nobody has are written as often as somebody tries.
        var options = Cluster.Options()
        options.arguments = ["--attempt-limits", "off"]
        try await withStage(.bankToRetirement, options) { stage in
            let database = stage.database
            func triggers() async throws -> [String] {
                try await database.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name").map {
                    $0[0]
                }
            }
            func events() async throws -> [String] {
                try await database.rows("SELECT event FROM audit WHERE event != 'sign_in_failed' ORDER BY id").map {
                    $0[0]
                }
            }
            let before = try await triggers()
            try await stage.register("alice")
            _ = try await stage.program(of: "alice")

            // As the article says, by hand.
            let folder = URL(fileURLWithPath: database.path).deletingLastPathComponent()
            try Data(block("sql").utf8).write(to: folder.appendingPathComponent("prune.sql"))
            let commands = try block("sh").replacingOccurrences(of: ".data/sso.sqlite", with: database.path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in stage.servers {
                    // Both servers write all the while.
                    group.addTask {
                        let guesser = Visitor.program(named: "guesser")
                        while !Task.isCancelled {
                            _ = try? await guesser.signIn(at: server, username: "nobody", password: "not a password")
                        }
                    }
                }
                for _ in 0..<20 {
                    try await database.execute(
                        "INSERT INTO audit (at, event, server) VALUES (1, 'sign_in', 'a'), (1000000000, 'sign_out', 'b')"
                    )
                    let outcome = try await run("/bin/sh", ["-e", "-c", commands], workingDirectory: folder.path)
                    #expect(outcome.status == .exited(0), "\(outcome.standardError)")
                    let kept = try String(
                        contentsOf: folder.appendingPathComponent("audit-until-2025.json"), encoding: .utf8)
                    #expect(kept.contains("sign_in") && kept.contains("sign_out"))
                    #expect(try await events() == ["registered", "sign_in"])
                    #expect(try await triggers() == before)
                }
                group.cancelAll()
            }
            await #expect(throws: DatabaseError.self) { try await database.execute("DELETE FROM audit") }
            for server in stage.servers { _ = try await stage.program(of: "alice", at: server) }
            #expect(try await events().count == 4)
            #expect(try await database.faults() == [])
        }
    }
}
