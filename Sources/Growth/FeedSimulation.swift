import Foundation
import Statistics

/// Lets revocations come at random and follows each to every server. The same plan gives the same figures.
public func simulate(_ plan: FeedPlan) -> FeedFigures {
    var simulation = FeedSimulation(plan)
    return FeedFigures(plan, lag: simulation.run())
}

/// All times are seconds since the beginning.
private struct FeedSimulation {
    private let plan: FeedPlan
    private var random: SeededGenerator
    /// When each source has sent all that it had to: the primary first, then the replicas.
    private var primaryIsFree = 0.0
    private var sourceIsFree: [Double]
    /// When each source knew of its latest revocation: replication keeps the order.
    private var sourceKnows: [Double]
    /// When each server knew of its latest: a connection keeps the order.
    private var serverKnows: [Double]
    /// When within the interval each server asks.
    private let phases: [Double]

    init(_ plan: FeedPlan) {
        self.plan = plan
        var random = SeededGenerator(seed: plan.seed, stream: 0)
        sourceIsFree = Array(repeating: 0, count: plan.sources)
        sourceKnows = sourceIsFree
        serverKnows = Array(repeating: 0, count: plan.servers)
        phases = (0..<plan.servers).map { _ in Double.random(in: 0..<1, using: &random) }
        self.random = random
    }

    mutating func run() -> Histogram {
        var lag = Histogram()
        var time = 0.0
        for _ in 0..<plan.revocations {
            time += Self.gap(plan.rate, &random)
            for source in 0..<plan.sources { reach(source, time) }
            for server in 0..<plan.servers {
                let known = told(server, by: server % plan.sources)
                lag.record(Int(((known - time) * 1e9).rounded()))
            }
        }
        return lag
    }

    /// Events that are independent of each other come after exponential gaps.
    private static func gap(_ rate: Double, _ random: inout SeededGenerator) -> Double {
        -log(1 - Double.random(in: 0..<1, using: &random)) / rate
    }

    private mutating func reach(_ source: Int, _ time: Double) {
        guard plan.replicas > 0 else { return sourceKnows[source] = time }
        primaryIsFree = max(primaryIsFree, time) + plan.sendSeconds
        sourceKnows[source] = max(sourceKnows[source], primaryIsFree + plan.link.draw(&random))
    }

    private mutating func told(_ server: Int, by source: Int) -> Double {
        let sent: Double
        switch plan.way {
        case .notify:
            sourceIsFree[source] = max(sourceIsFree[source], sourceKnows[source]) + plan.sendSeconds
            sent = sourceIsFree[source]
        case .poll(let interval):
            let phase = phases[server] * interval
            sent = phase + ((sourceKnows[source] - phase) / interval).rounded(.up) * interval
        }
        serverKnows[server] = max(serverKnows[server], sent + plan.link.draw(&random))
        return serverKnows[server]
    }
}
