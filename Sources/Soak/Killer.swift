import Harness
import History
import Statistics

/// Kills servers in the middle of their work, and starts them again on the same port.
struct Killer: Sendable {
    let plan: Plan
    let ground: Ground
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
        let all = ground.servers.filter { server in plan.victims.contains { server.name.hasPrefix($0) } }
        let choice = Int.random(in: 0..<(2 * all.count + 1), using: &random)
        let victims = choice == 2 * all.count ? all : [all[choice % all.count]]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for victim in victims {
                // All victims at once, so that at times no server is there.
                group.addTask {
                    await victim.kill()
                    record.count { $0.kills += 1 }
                    try await start(victim)
                    try await victim.waitUntilReady()
                    record.count { $0.recoveries += 1 }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Starts it, again and again where its database may be gone: it does not start without.
    private func start(_ victim: ServerProcess) async throws {
        guard ground.mayLoseDatabase else { return try await victim.start() }
        try await waitUntil("\(victim.name) has started again", timeout: .seconds(60)) {
            do {
                try await victim.start()
                return true
            } catch HarnessError.serverDidNotStart {
                return false
            }
        }
    }
}
