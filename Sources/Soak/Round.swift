import Curl
public import Harness
public import History
import Statistics

/// One plan carried out on a running cluster, with new users, and its history checked.
public struct Round: Sendable {
    /// What was done, in numbers.
    public let figures: Figures
    /// What should not have come of it.
    public let violations: [Checker.Violation]
    /// What SQLite finds wrong with its file.
    public let faults: [String]

    /// Carries out the plan.
    ///
    /// - Parameter name: what the users' names begin with; another for each round on one database.
    /// - Throws: `HarnessError` or `CurlError` if the set-up fails, such as a server that does not start again.
    public static func run(
        _ plan: Plan, on cluster: Cluster, rule: Checker.Rule, name: String = "user"
    ) async throws -> Round {
        let record = Record()
        let accounts = (0..<plan.users).map { Account(name: "\(name)-\($0)") }
        for account in accounts { try await register(account, cluster) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Killer(plan: plan, servers: cluster.servers, record: record).run() }
            let devices = plan.users * plan.devices
            for index in 0..<devices {
                let steps = plan.operations / devices + (index < plan.operations % devices ? 1 : 0)
                group.addTask {
                    var random = SeededGenerator(seed: plan.seed, stream: UInt64(index))
                    var device = Device(
                        account: accounts[index / plan.devices],
                        caller: Caller(servers: cluster.servers, record: record))
                    for _ in 0..<steps {
                        try await device.take(Step(checks: plan.checks, &random))
                        record.stepDone()
                    }
                }
            }
            try await group.waitForAll()
        }
        try await sweep(accounts, Caller(servers: cluster.servers, record: record))
        let database = DatabaseLook(path: String(cluster.database.dropFirst("sqlite:".utf8.count)))
        let stored = try await database.users(named: accounts.map(\.name))
        return Round(
            figures: record.figures,
            violations: Checker(rule: rule).violations(in: record.events, stored: stored),
            faults: try await database.faults())
    }

    private static func register(_ account: Account, _ cluster: Cluster) async throws {
        let answer = try await Visitor.program(named: "registrar").register(
            at: cluster.bank, username: account.name, password: account.text(ofPassword: 0))
        guard answer.status == 201 else {
            throw HarnessError.misuse("\(account.name) could not be registered: \(answer.text)")
        }
    }

    /// When all is quiet, every token and password that was ever revoked must be refused at both servers; the rules say
    /// which those are.
    private static func sweep(_ accounts: [Account], _ caller: Caller) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for account in accounts {
                group.addTask {
                    for server in caller.servers.indices {
                        for token in account.refreshTokens.reversed() {
                            _ = try await caller.refresh(account, token, at: server)
                        }
                        for password in account.passwords {
                            _ = try await caller.signIn(account, password: password, at: server)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
