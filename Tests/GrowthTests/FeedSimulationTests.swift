import Statistics
import Testing

@testable import Growth

/// Cases whose answers can be worked out on paper.
@Suite("The simulated feed")
struct FeedSimulationTests {
    /// Every message takes this long, in seconds.
    private static let link = 0.001

    private func plan(servers: Int = 100, _ change: (inout FeedPlan) -> Void = { _ in }) -> FeedPlan {
        var plan = FeedPlan()
        plan.servers = servers
        plan.link = Latency(median: Self.link, p99: Self.link)
        plan.sendSeconds = 0
        change(&plan)
        return plan
    }

    @Test("If sending costs nothing, every server knows after one link, and with replicas after two")
    func links() {
        let direct = simulate(plan()).lag
        #expect(direct.count == 100_000)
        #expect(abs(direct.minimum - 1_000_000) <= 1 && abs(direct.maximum - 1_000_000) <= 1)
        let tiers = simulate(plan { $0.replicas = 7 }).lag
        #expect(abs(tiers.minimum - 2_000_000) <= 1 && abs(tiers.maximum - 2_000_000) <= 1)
    }

    @Test("One message is sent after the other, so a lone revocation reaches the last of N servers after N of them")
    func fanOut() {
        // Hours apart, so that none waits for another.
        let lag = simulate(
            plan {
                ($0.sendSeconds, $0.rate, $0.revocations) = (0.000_1, 0.000_1, 20)
            }
        ).lag
        #expect(abs(lag.minimum - 1_100_000) <= 2)
        #expect(abs(lag.maximum - 11_000_000) <= 2)
        #expect(abs(lag.mean - (1_000_000 + 100_000 * 50.5)) <= 2)
    }

    @Test("At one server it is the queue M/D/1: the mean wait is that of Pollaczek and Khinchine")
    func queue() {
        let (cost, busy) = (0.001, 0.5)
        let lag = simulate(
            plan(servers: 1) {
                ($0.sendSeconds, $0.rate, $0.revocations) = (cost, busy / cost, 200_000)
            }
        ).lag
        let mean = Self.link + cost + busy * cost / (2 * (1 - busy))
        #expect(abs(lag.mean / 1e9 - mean) < 0.02 * mean)
    }

    @Test("Who asks each P seconds knows after the link and, evenly, 0 to P more", arguments: [0.05, 1.0])
    func poll(_ interval: Double) {
        let lag = simulate(plan { $0.way = .poll(seconds: interval) }).lag
        let nanoseconds = interval * 1e9
        #expect(Double(lag.minimum) >= 1_000_000 - 1 && Double(lag.maximum) <= 1_000_000 + nanoseconds + 1)
        #expect(abs(lag.mean - (1_000_000 + nanoseconds / 2)) < 0.02 * nanoseconds)
        for perMille in [100, 500, 900, 990] {
            let expected = 1_000_000 + nanoseconds * Double(perMille) / 1000
            #expect(abs(Double(lag.value(atPerMille: perMille)) - expected) < 0.03 * nanoseconds)
        }
    }

    @Test("Messages, bytes and memory are products of what they come from")
    func products() {
        let notify = simulate(plan { ($0.revocations, $0.messageBytes) = (1, 10) })
        #expect(notify.primaryMessages == 10_000 && notify.replicaMessages == 0 && notify.bytes == 100_000)
        #expect(notify.entries == 90_000 && notify.memory == (90_000 + 4 * 300) * 64)
        let tiers = simulate(plan { ($0.revocations, $0.replicas, $0.sendSeconds) = (1, 5, 0.000_01) })
        #expect(tiers.primaryMessages == 500 && tiers.replicaMessages == 2_000)
        #expect(abs(tiers.busy - 0.02) < 1e-12)
        let poll = simulate(
            plan { ($0.revocations, $0.way, $0.messageBytes, $0.pollBytes) = (1, .poll(seconds: 0.5), 10, 20) })
        #expect(poll.primaryMessages == 200 && poll.bytes == 100 * (40 + 1_000))
    }

    @Test("A database that has more to send than it can falls further behind with each revocation")
    func overload() {
        let figures = simulate(plan { ($0.sendSeconds, $0.rate) = (0.000_2, 100) })
        #expect(abs(figures.busy - 2) < 1e-12)
        // A thousand revocations need 20 seconds and come in about 10.
        #expect((5_000_000_000...15_000_000_000).contains(figures.lag.maximum))
    }

    @Test("The same seed gives the same figures, and another gives others")
    func seeds() {
        func lag(_ seed: UInt64) -> Histogram {
            var plan = FeedPlan()
            (plan.servers, plan.revocations, plan.seed) = (10, 100, seed)
            return simulate(plan).lag
        }
        #expect(lag(1) == lag(1) && lag(1) != lag(2))
    }

    @Test("Latencies have the median and the 99th percentile that they were asked for")
    func latency() {
        var random = SeededGenerator(seed: 3, stream: 0)
        let latency = Latency(median: 0.000_5, p99: 0.005)
        let drawn = (0..<100_000).map { _ in latency.draw(&random) }.sorted()
        #expect(abs(drawn[50_000] / 0.000_5 - 1) < 0.02 && abs(drawn[99_000] / 0.005 - 1) < 0.05)
        #expect(Latency(median: 2, p99: 1).draw(&random) == 2 && Latency(median: 0, p99: 1).draw(&random) == 0)
    }
}
