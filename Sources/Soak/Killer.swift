import Curl
import Harness
import Statistics

/// Kills servers in the middle of their work, and starts them again on the same port.
struct Killer: Sendable {
    let plan: Plan
    let servers: [ServerProcess]
    let record: Record

    /// Kills as planned, until the operations are done.
    func run() async throws {
        var random = SeededGenerator(seed: plan.seed, stream: .max)
        switch plan.kills {
        case .none: return
        case .evenly(let number):
            for kill in 0..<number {
                let due = plan.operations * (kill + 1) / (number + 1)
                while record.stepsDone < due { try await Task.sleep(for: .milliseconds(2)) }
                try await strike(&random)
            }
        }
    }

    /// One server, or now and then all at once.
    private func strike(_ random: inout SeededGenerator) async throws {
        let all = servers.filter { plan.victims.contains($0.name) }
        let choice = Int.random(in: 0..<(2 * all.count + 1), using: &random)
        let victims = choice == 2 * all.count ? all : [all[choice % all.count]]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for victim in victims {
                group.addTask {
                    await victim.kill()
                    record.count { $0.kills += 1 }
                    try await victim.start()
                    let prober = Visitor.program(named: "operator")
                    try await waitUntil("\(victim.name) is ready again", timeout: .seconds(60)) {
                        try await prober.get(victim, "/readyz").status == 200
                    }
                    record.count { $0.recoveries += 1 }
                }
            }
            try await group.waitForAll()
        }
    }
}
