import Harness
import Load
import Statistics

/// What is asked of servers, one kind after the other.
enum Work: String, CaseIterable {
    case check
    case data = "request for data"
    case renewal
    case signOut = "sign-out"
    case signIn = "sign-in"

    var kind: Kind {
        switch self {
        case .check, .data: .browse
        case .renewal: .renew
        case .signOut: .signOut
        case .signIn: .signIn
        }
    }
}

/// What was measured with so many servers.
struct ReplicaFigures {
    /// What one request takes, beside what is taken at rest.
    struct Cost {
        /// Processor time and statements of one request.
        let usage: Usage
        /// Statements that the servers say they have run for one.
        let told: Double
    }

    let servers: Int
    /// What all servers together and PostgreSQL take in a second in which nobody asks.
    let atRest: Usage
    let costs: [Work: Cost]
    /// Requests of the realistic mix that were answered in a second, and the nanoseconds they took.
    let answered: Double
    let latency: Histogram
}

/// Measures what requests cost with any number of servers on this machine.
struct GrowthMeter {
    let postgres: PostgreSQL
    /// Requests a second for each server: one that has less to do takes more for each, as its caches are cold by then.
    let rate: Double
    let seconds: Double
    let users: Int
    let progress: Progress

    /// Starts so many servers on an empty database, and measures.
    func measure(servers: Int) async throws -> ReplicaFigures {
        let database = try await postgres.makeDatabase()
        // All visitors come from one address, which is not what the limits are for.
        let limits = ["--attempts-per-address", "10000,1"]
        return try await Replicas.with(servers, database: database, arguments: limits) { replicas in
            guard let targets = Targets(banks: replicas.banks, retirements: replicas.retirements) else {
                throw Failure("the servers have no addresses", hint: "see the servers' flags")
            }
            let meter = UsageMeter(replicas: replicas, postgres: postgres, database: database)
            var plan = LoadPlan(targets: targets, rate: rate * Double(servers), seconds: seconds)
            plan.people = .new(users)
            progress.tell("\(users) visitors register and sign in")
            let crowd = try await Crowd.gather(for: plan)
            progress.tell("at rest")
            let (_, taken, time) = try await meter.usage { try await Task.sleep(for: .seconds(seconds)) }
            let rest = taken / time
            var costs: [Work: ReplicaFigures.Cost] = [:]
            for work in Work.allCases {
                progress.tell(work.rawValue)
                costs[work] = try await cost(of: work, crowd, plan, meter, rest)
            }
            progress.tell("the mix")
            let mix = try await send(plan, crowd)
            var latency = Histogram()
            for one in mix.kinds.values { latency.merge(one.latency) }
            return ReplicaFigures(
                servers: servers, atRest: rest, costs: costs, answered: Double(mix.answered) / mix.seconds,
                latency: latency)
        }
    }

    private func cost(
        of work: Work, _ crowd: Crowd, _ plan: LoadPlan, _ meter: UsageMeter, _ rest: Usage
    ) async throws -> ReplicaFigures.Cost {
        var plan = plan
        plan.mix = .only(work.kind)
        if work == .check { plan.targets = plan.targets.checkingOnly }
        if work == .signOut {
            // Each visitor can do it once.
            plan.seconds = Double(users) / plan.rate
        } else {
            // Caches fill before it counts.
            var warmUp = plan
            warmUp.seconds = seconds / 10
            _ = try await send(warmUp, crowd)
        }
        let (figures, usage, time) = try await meter.usage { try await send(plan, crowd) }
        guard let told = figures.kinds[work.kind]?.statements else {
            throw Failure("the servers do not tell their statements", hint: "see '--server-timing'")
        }
        let count = Double(figures.answered)
        return ReplicaFigures.Cost(usage: (usage - rest * time) / count, told: Double(told) / count)
    }

    /// A request that fails costs something else than one that is answered.
    private func send(_ plan: LoadPlan, _ crowd: Crowd) async throws -> LoadFigures {
        let figures = try await crowd.send(plan)
        guard figures.failed == 0 else {
            let reasons = figures.kinds.values.flatMap(\.failures.keys).sorted().joined(separator: ", ")
            throw Failure(
                "\(figures.failed) of \(figures.sent) requests failed: \(reasons)", hint: "try a lower '--rate'")
        }
        return figures
    }
}
