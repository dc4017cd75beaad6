import ArgumentParser
import Harness

struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag",
        abstract: "Measure how long after a revocation the other servers refuse the access token.",
        discussion: """
            It signs a user of its own in, signs them out everywhere at one server, and asks all the others with the old \
            access token until they refuse it. Without addresses it starts a bank and a retirement server for that. It \
            decides nothing: it exits with 1 only if a token was never refused.
            """)

    @Argument(help: "Running servers of one cluster, such as http://127.0.0.1:8081, two or more.")
    var servers: [String] = []
    @Option(help: "How many revocations.") var rounds = 1000
    @Option(help: "How many checks of another user's token are made meanwhile each second, at all servers together.")
    var load = 0
    @OptionGroup var choice: DatabaseChoice

    func validate() throws {
        guard servers.count != 1 else { throw ValidationError("one server alone has no others: name two or more") }
        guard (1...1_000_000).contains(rounds) else { throw ValidationError("'--rounds' needs a number from 1 up") }
        guard (0...100_000).contains(load) else { throw ValidationError("'--load' needs a number from 0 up") }
    }

    func run() async throws {
        let report: LagReport
        if servers.isEmpty {
            var options = Cluster.Options()
            options.databaseKind = choice.database
            report = try await Cluster.with(options) { cluster in try await measure(cluster.servers.map(\.url)) }
        } else {
            report = try await measure(servers.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 })
        }
        print(report.text)
    }

    private func measure(_ servers: [String]) async throws -> LagReport {
        let meter = try await LagMeter(servers: servers)
        guard load > 0 else { return try await meter.run(rounds: rounds) }
        let traffic = try await LagTraffic(servers: servers, requestsPerSecond: load)
        return try await withThrowingTaskGroup(of: LagTraffic.Count.self) { group in
            for worker in 0..<traffic.workers { group.addTask { try await traffic.run(worker) } }
            var report = try await meter.run(rounds: rounds)
            let seconds = report.seconds
            group.cancelAll()
            while let count = try await group.next() {
                report.checks += count.requests
                report.statements += count.statements
                report.traffic = (report.traffic ?? 0) + Double(count.requests) / seconds
            }
            return report
        }
    }
}
