import ArgumentParser
import Foundation
import Growth
import Statistics

struct GrowthFeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract: "Simulate how revocations spread from the database to all servers.",
        discussion: """
            Revocations come at random; a database sends one message after the other; messages are under way for a time that \
            varies. The same flags and the same seed give the same figures. It is a model: 'sso lag' measures the real thing.
            """)

    @Option(help: "Servers that learn of each revocation.") var servers = 1000
    @Option(help: "Read replicas from which they learn; 0 is the primary database itself.") var replicas = 0
    @Option(help: "Milliseconds between two questions of a server; without it, the database notifies.") var poll:
        Double?
    @Option(help: "Revocations a second.") var rate = 100.0
    @Option(help: "How many revocations are simulated.") var revocations = 1000
    @Option(help: "Milliseconds of a message, half of them at most.") var linkMedian = 0.5
    @Option(help: "Milliseconds of a message, 99 of 100 at most.") var linkP99 = 5.0
    @Option(help: "Microseconds that a database needs to send a message.") var sendCost = 5.0
    @Option(help: "Bytes of a message.") var messageBytes = 120.0
    @Option(help: "Bytes of a revocation in a server's memory.") var entryBytes = 64.0
    @Option(help: "Seconds that an access token lives.") var accessTtl = 900.0
    @Option(help: "What all chance is drawn from.") var seed: UInt64 = 0

    func validate() throws {
        guard (1...100_000).contains(servers), (0...servers).contains(replicas), (1...10_000_000).contains(revocations),
            servers <= 100_000_000 / revocations
        else {
            throw ValidationError(
                "'--servers' needs 1 to 100000, '--replicas' at most as many, and both times '--revocations' 100 million"
            )
        }
        guard rate > 0, rate <= 1e6, accessTtl > 0, accessTtl <= 86_400, poll.map({ $0 > 0 && $0 <= 1e6 }) ?? true
        else {
            throw ValidationError("'--rate', '--access-ttl' and '--poll' need a number over 0")
        }
        let costs = [linkMedian, linkP99, sendCost, messageBytes, entryBytes]
        guard costs.allSatisfy({ $0 >= 0 && $0 <= 1e6 }), linkP99 >= linkMedian else {
            throw ValidationError(
                "costs need a number of 0 or more, and '--link-p99' one that is not below '--link-median'")
        }
    }

    func run() async throws {
        var plan = FeedPlan()
        (plan.servers, plan.replicas, plan.rate, plan.revocations) = (servers, replicas, rate, revocations)
        plan.way = poll.map { .poll(seconds: $0 / 1000) } ?? .notify
        plan.link = Latency(median: linkMedian / 1000, p99: linkP99 / 1000)
        (plan.sendSeconds, plan.messageBytes, plan.entryBytes) = (sendCost / 1e6, messageBytes, entryBytes)
        (plan.life, plan.seed) = (accessTtl, seed)
        let figures = simulate(plan)
        for (name, perMille) in LoadReport.percentiles {
            row("lag \(name)", milliseconds(figures.lag.value(atPerMille: perMille)) + " ms")
        }
        row("messages from the primary", decimal(figures.primaryMessages) + " /s")
        if replicas > 0 { row("messages from each replica", decimal(figures.replicaMessages) + " /s") }
        row("bytes to all servers", bytes(figures.bytes) + "/s")
        row("time spent on sending", "\(decimal((figures.busy * 1000).rounded() / 10)) %")
        row("revocations in a server's memory", decimal(figures.entries))
        row("memory for these, at most", bytes(figures.memory))
        if figures.busy >= 1 {
            print("A database has more to send than it can: the lag grows for as long as this goes on.")
        }
    }

    private func row(_ name: String, _ value: String) {
        print(name.padding(toLength: 36, withPad: " ", startingAt: 0) + value)
    }
}
