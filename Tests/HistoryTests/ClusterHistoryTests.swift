import Foundation
import Harness
import History
import Soak
import Testing

@Suite("Thousands of operations on both servers, which are killed meanwhile", .serialized)
struct ClusterHistoryTests {
    /// `TEST_SEED` repeats a plan; without it, it is another in each run.
    private static let seed =
        ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)

    @Test(
        "Whatever was acknowledged holds, at both servers and in the database",
        arguments: [Checker.Rule.count, .rotation(grace: 3)])
    func history(rule: Checker.Rule) async throws {
        // Only PostgreSQL has a server that can be killed; to wait for that takes longer.
        let isPostgreSQL = DatabaseKind.chosen == .postgresql
        var plan = Plan(seed: Self.seed, operations: isPostgreSQL ? 12_000 : 20_000)
        plan.kills = .evenly(20)
        (plan.databaseKills, plan.cuts) = (2, 4)
        plan.longestCut = .seconds(2)
        try await Ground.with(isPostgreSQL ? .postgresql : .sqlite, arguments: rule.arguments) { ground in
            let round = try await Round.run(plan, on: ground, rule: rule)
            print("history by \(rule), seed \(plan.seed): \(round.figures.line)")
            let first = round.violations.prefix(5).map(\.description).joined(separator: "\n")
            #expect(round.violations.isEmpty, "seed \(plan.seed), \(round.violations.count) in all:\n\(first)")
            #expect(round.faults == [], "seed \(plan.seed)")
            #expect(round.figures.operations >= plan.operations)
            #expect(round.figures.kills >= 20)
            #expect(round.figures.recoveries == round.figures.kills)
            #expect(round.figures.databaseKills == (isPostgreSQL ? plan.databaseKills : 0))
            #expect(round.figures.databaseRecoveries == round.figures.databaseKills)
            #expect(round.figures.cuts == (isPostgreSQL ? plan.cuts : 0))
            #expect(round.figures.refused > 0, "of nothing refused, nothing would be seen")
        }
    }
}
