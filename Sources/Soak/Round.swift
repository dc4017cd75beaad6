import Curl
import Harness
public import History
import Statistics

/// One plan carried out on a running cluster, with new users, and its history checked.
public struct Round: Sendable {
    /// What was done, in numbers.
    public let figures: Figures
    /// What should not have come of it.
    public let violations: [Checker.Violation]
    /// What the database finds wrong with itself.
    public let faults: [String]

    /// How long after an acknowledged revocation servers may take its access tokens, or after they were cut off from it.
    /// They take a few hundredths of a second; the rest is for a machine on which all of this runs at once.
    public static let accessBound = Duration.seconds(3)

    /// Carries out the plan. The servers hear of revocations, as they do unless told otherwise.
    ///
    /// - Parameter name: what the users' names begin with; another for each round on one database.
    /// - Throws: `HarnessError` or `CurlError` if the set-up fails, such as a server that does not start again.
    public static func run(
        _ plan: Plan, on ground: Ground, rule: Checker.Rule, name: String = "user"
    ) async throws -> Round {
        let record = Record()
        let accounts = (0..<plan.users).map { Account(name: "\(name)-\($0)") }
        let probe = Account(name: "\(name)-probe")
        for account in accounts + [probe] { try await register(account, ground.servers[0]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Beside the visitors: servers and databases are killed while they are asked.
            group.addTask { try await Killer(plan: plan, ground: ground, record: record).run() }
            group.addTask { try await Trouble(plan: plan, ground: ground, record: record, probe: probe).run() }
            let devices = plan.users * plan.devices
            for index in 0..<devices {
                let steps = plan.operations / devices + (index < plan.operations % devices ? 1 : 0)
                // All devices at once: their races are what is checked.
                group.addTask {
                    var random = SeededGenerator(seed: plan.seed, stream: UInt64(index))
                    var device = Device(
                        account: accounts[index / plan.devices], caller: Caller(ground, ground.servers, record))
                    for _ in 0..<steps {
                        try await device.take(Step(checks: plan.checks, &random))
                        record.stepDone()
                    }
                }
            }
            try await group.waitForAll()
        }
        // Not for anything to happen, but for it to have happened: from now on no revoked token may pass.
        try await Task.sleep(for: accessBound)
        try await sweep(accounts + [probe], Caller(ground, ground.servers, record))
        let database = DatabaseLook(url: ground.database, postgreSQL: ground.postgreSQL)
        let stored = try await database.users(named: (accounts + [probe]).map(\.name))
        let checker = Checker(rule: rule, accessBound: accessBound, silences: record.silences)
        return Round(
            figures: record.figures, violations: checker.violations(in: record.events, stored: stored),
            faults: try await database.faults())
    }

    private static func register(_ account: Account, _ server: ServerProcess) async throws {
        let registrar = Visitor.program(named: "registrar")
        try await waitUntil("\(account.name) is registered", timeout: .seconds(60)) {
            let answer = try await registrar.register(
                at: server, username: account.name, password: account.text(ofPassword: 0))
            switch answer.status {
            case 201: return true
            // A database that was cut off lately, and what an attempt without an answer has come to.
            case 503: return false
            case 409: return true
            default: throw HarnessError.misuse("\(account.name) could not be registered: \(answer.text)")
            }
        }
    }

    /// When all is quiet, every token and password that was ever revoked must be refused at both servers; the rules say
    /// which those are.
    private static func sweep(_ accounts: [Account], _ caller: Caller) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for account in accounts {
                // Users at once, as each takes many questions that do not touch another's.
                group.addTask {
                    for server in caller.servers.indices {
                        for token in account.refreshTokens.reversed() {
                            _ = try await caller.refresh(account, token, at: server)
                        }
                        for password in account.passwords {
                            _ = try await caller.signIn(account, password: password, at: server)
                        }
                        for token in account.accessTokens {
                            _ = try await caller.check(account, token, at: server)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
