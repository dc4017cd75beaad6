import Harness
public import History

/// Rounds without end on one cluster, each with new users and checked when it is over, so that a history of any length
/// takes no more memory than one round.
///
/// In the first half the bank is killed now and then, in the second half the retirement server: the other one lives for
/// the whole half, and shows what a long life costs.
public struct LongRun: Sendable {
    /// How long, and what is drawn.
    public struct Options: Sendable {
        /// How many seconds, at least; the last round is ended in order.
        public var seconds: Double
        /// The first round's seed; each round has the next.
        public var seed: UInt64
        /// How refresh tokens are exchanged.
        public var rule = Checker.Rule.rotation(grace: 5)
        /// A server is killed about so often, in seconds.
        public var secondsPerKill = 15.0
        /// What it runs on.
        public var ground = Ground.Kind.sqlite
        /// PostgreSQL is killed about so often, in seconds: more than fifty times an hour.
        public var secondsPerDatabaseKill = 60.0
        /// A server is cut off from PostgreSQL about so often, in seconds: more than a hundred times an hour.
        public var secondsPerCut = 25.0
        /// How many operations a round has.
        public var operations = 20_000

        /// A run.
        public init(seconds: Double, seed: UInt64) {
            self.seconds = seconds
            self.seed = seed
        }
    }

    /// Where a run is.
    public struct State: Sendable {
        /// Seconds since it began.
        public var seconds = 0.0
        /// What was done so far.
        public var figures = Figures()
        /// How many rounds are over.
        public var rounds = 0
        /// What each server takes now.
        public var footprints: [(server: String, footprint: Footprint)] = []
        /// What went wrong; the run stops at the first round in which something does.
        public var violations: [String] = []
        /// The seed of the last round.
        public var seed: UInt64 = 0
        /// Each server's longest life; only in the end.
        public var lives: [Life] = []
    }

    /// Runs until the time is over or something went wrong.
    ///
    /// - Parameter tell: is told after each round.
    /// - Throws: as ``Round/run(_:on:rule:name:)``.
    public static func run(_ options: Options, tell: (State) -> Void) async throws -> State {
        try await Ground.with(options.ground, arguments: options.rule.arguments + ["--log-level", "error"]) { ground in
            let start = ContinuousClock.now
            var state = State()
            var seen: [String: [(seconds: Double, footprint: Footprint)]] = [:]
            while state.seconds < options.seconds, state.violations.isEmpty {
                state.seed = options.seed &+ UInt64(state.rounds)
                var plan = Plan(seed: state.seed, operations: options.operations)
                plan.checks = 88
                let due = { (seconds: Double, done: Int) in min(8, max(0, Int(state.seconds / seconds) - done)) }
                plan.kills = .evenly(due(options.secondsPerKill, state.figures.kills))
                plan.databaseKills = due(options.secondsPerDatabaseKill, state.figures.databaseKills)
                plan.cuts = due(options.secondsPerCut, state.figures.cuts)
                plan.victims = [state.seconds < options.seconds / 2 ? "bank" : "retirement"]
                let round = try await Round.run(plan, on: ground, rule: options.rule, name: "round-\(state.rounds)")
                state.rounds += 1
                state.figures += round.figures
                state.violations += round.violations.map(\.description) + round.faults
                state.seconds = (ContinuousClock.now - start) / .seconds(1)
                state.footprints = ground.servers.compactMap { server in
                    Footprint(server).map { (server.name, $0) }
                }
                for (server, footprint) in state.footprints {
                    seen[server, default: []].append((state.seconds, footprint))
                }
                tell(state)
            }
            state.lives = ground.servers.compactMap { Life($0.name, seen[$0.name] ?? []) }
            return state
        }
    }
}

extension Checker.Rule {
    /// The flags of servers that keep this rule, and that do not limit attempts: passwords that were changed meanwhile are
    /// part of the plan.
    public var arguments: [String] {
        let limits = ["--attempt-limits", "off"]
        switch self {
        case .count: return limits + ["--refresh", "count"]
        case .rotation(let grace): return limits + ["--refresh", "rotation", "--refresh-grace", "\(grace)"]
        }
    }
}
