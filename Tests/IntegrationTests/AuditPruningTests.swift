import Foundation
import GRDB
import Harness
import Testing

/// What the article on security tells operators to do.
@Suite(
    "Taking old rows out of the audit record",
    .enabled(if: DatabaseKind.chosen == .sqlite, "it is about the triggers, which PostgreSQL's tables do without"))
struct AuditPruningTests {
    /// The SQL in the article.
    private func script() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appendingPathComponent("Sources/SSOServer/Guides.docc/Security.md"), encoding: .utf8)
        return try String(#require(article.firstMatch(of: /```sql\n((?:.|\n)*?)```/)).1)
    }

    @Test("What is old goes, what is new stays, nothing can be deleted afterwards, and the servers notice nothing")
    func prune() async throws {
        try await withStage(.bankToRetirement) { stage in
            let database = stage.database
            func triggers() async throws -> [String] {
                try await database.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name").map {
                    $0[0]
                }
            }
            func events() async throws -> [String] {
                try await database.rows("SELECT event FROM audit ORDER BY id").map { $0[0] }
            }
            let before = try await triggers()
            try await database.execute(
                "INSERT INTO audit (at, event, server) VALUES (1, 'sign_in', 'bank'), (1000000000, 'sign_out', 'bank')")
            try await stage.register("alice")
            _ = try await stage.program(of: "alice")
            #expect(try await events() == ["sign_in", "sign_out", "registered", "sign_in"])

            try await database.execute(try script())
            #expect(try await events() == ["registered", "sign_in"])
            #expect(try await triggers() == before)
            await #expect(throws: DatabaseError.self) { try await database.execute("DELETE FROM audit") }
            for server in stage.servers { _ = try await stage.program(of: "alice", at: server) }
            #expect(try await events().count == 4)
            #expect(try await database.faults() == [])
        }
    }
}
