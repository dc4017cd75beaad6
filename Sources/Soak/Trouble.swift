import Curl
import Harness
import History
import Statistics

/// Makes trouble for the database, one after the other: kills PostgreSQL, and cuts servers off from it.
struct Trouble: Sendable {
    let plan: Plan
    let ground: Ground
    let record: Record
    /// Whose token is revoked while a server is cut off.
    let probe: Account

    private enum Kind { case kill, cut }

    /// Makes it as planned, evenly among the operations.
    func run() async throws {
        var random = SeededGenerator(seed: plan.seed, stream: .max - 1)
        let kinds =
            Array(repeating: Kind.kill, count: ground.postgreSQL == nil ? 0 : plan.databaseKills)
            + Array(repeating: .cut, count: ground.links == nil ? 0 : plan.cuts)
        for (number, kind) in kinds.shuffled(using: &random).enumerated() {
            let due = plan.operations * (number + 1) / (kinds.count + 1)
            while record.stepsDone < due { try await Task.sleep(for: .milliseconds(2)) }
            switch kind {
            case .kill: try await killDatabase()
            case .cut: try await cut(&random)
            }
        }
    }

    private func killDatabase() async throws {
        guard let postgreSQL = ground.postgreSQL else { return }
        let begin = record.now
        record.count { $0.databaseKills += 1 }
        try await postgreSQL.crash()
        let end = record.now
        for server in ground.servers { record.add(Silence(server: server.name, begin: begin, end: end)) }
        for server in ground.servers { try await server.waitUntilReady() }
        record.count { $0.databaseRecoveries += 1 }
    }

    /// Cuts one server off, has a token revoked at the other, heals, and measures until it is refused from memory.
    private func cut(_ random: inout SeededGenerator) async throws {
        guard let links = ground.links else { return }
        let index = Int.random(in: 0..<ground.servers.count, using: &random)
        let (here, other) = (ground.servers[index], ground.servers[1 - index])
        let length = Duration.milliseconds(
            Int.random(in: 100...Int(plan.longestCut / .milliseconds(1)), using: &random))
        let revoker = Revoker(probe, here: here, other: other, ground, record)
        let token = try await revoker.token()
        let process = here.processID

        let begin = record.now
        try await links.cut(here)
        record.count { $0.cuts += 1 }
        try await revoker.revoke(token, endsSession: Bool.random(using: &random))
        if await revoker.isTakenNow(token) { record.count { $0.takenWhileCut += 1 } }
        // Not for anything to happen: for this long it is cut off.
        try await Task.sleep(for: length)
        try await links.heal(here)
        let healed = record.now
        record.add(Silence(server: here.name, begin: begin, end: healed))

        let deadline = ContinuousClock.now + Round.accessBound * 3
        while try await revoker.isTaken(token) {
            // That is for the checker, who has all the answers.
            guard .now < deadline else { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        let refused = record.now
        // One that was started meanwhile has read everything before it was asked.
        if here.processID == process { record.count { $0.catchUps.record(refused - healed) } }
    }
}

extension ServerProcess {
    /// Waits until it says that it is ready.
    func waitUntilReady() async throws {
        let prober = Visitor.program(named: "operator")
        try await waitUntil("\(name) is ready again", timeout: .seconds(60)) {
            // It may be killed meanwhile.
            (try? await prober.get(self, "/readyz"))?.status == 200
        }
    }
}
