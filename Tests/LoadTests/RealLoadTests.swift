import Foundation
import Harness
import Load
import Statistics
import Synchronization
import Testing

@Suite("A load on a real cluster", .serialized)
struct RealLoadTests {
    private func plan(_ cluster: Cluster, rate: Double, seconds: Double) throws -> LoadPlan {
        let targets = try #require(Targets(banks: [cluster.bank.url], retirements: [cluster.retirement.url]))
        var plan = LoadPlan(targets: targets, rate: rate, seconds: seconds)
        plan.people = .new(20)
        return plan
    }

    @Test("Every request that was due is sent and answered, on both servers, and nothing fails")
    func figures() async throws {
        try await Cluster.with { cluster in
            var plan = try plan(cluster, rate: 100, seconds: 2)
            plan.mix = try Mix("browse=60,renew=20,sign-in=12,sign-out=8")
            let figures = try await Load.run(plan)
            #expect(figures.sent == 200 && figures.answered == 200 && figures.failed == 0)
            for kind in Kind.allCases {
                let one = try #require(figures.kinds[kind])
                #expect(one.sent > 0 && one.sent == one.answered + one.failed)
                #expect(one.latency.count == one.answered && one.failures == [:])
            }
            // The last of 200 is due 1.99 seconds after the first.
            #expect(figures.seconds >= 1.99)
        }
    }

    @Test("A server that stands still for a second shows it in every request that was due meanwhile")
    func standsStill() async throws {
        try await Cluster.with { cluster in
            var plan = try plan(cluster, rate: 100, seconds: 3)
            plan.mix = try Mix("browse=1")
            let servers = cluster.servers
            let stopped = Mutex<ContinuousClock.Instant?>(nil)
            let frozen = Mutex(Duration.zero)
            let figures = try await Load.run(plan) { progress in
                guard case .second = progress else { return }
                // Called on the generator's thread each second: the servers stand still from the first to the second.
                stopped.withLock { time in
                    if time == nil {
                        for server in servers { server.signal(SIGSTOP) }
                        time = .now
                    } else if let start = time, frozen.withLock({ $0 == .zero }) {
                        for server in servers { server.signal(SIGCONT) }
                        frozen.withLock { $0 = ContinuousClock.now - start }
                    }
                }
            }
            for server in servers { server.signal(SIGCONT) }
            #expect(figures.sent == 300 && figures.failed == 0)
            let latency = try #require(figures.kinds[.browse]?.latency)
            let gap = Int(frozen.withLock { $0 } / .nanoseconds(1))
            #expect(gap > 900_000_000)
            // A third of all were due while nobody answered, so a sixth of all waited half of that or longer. One that waits
            // for each answer before it asks again would have seen a slow answer once.
            #expect(latency.maximum > gap * 9 / 10)
            #expect(latency.value(atPerMille: 850) > gap * 4 / 10)
        }
    }

    @Test("A server that is gone is told as failures, one for each request, and those to the other go on")
    func gone() async throws {
        try await Cluster.with { cluster in
            let targets = try #require(Targets(banks: [cluster.bank.url], retirements: [cluster.retirement.url]))
            var plan = LoadPlan(targets: targets, rate: 50, seconds: 2)
            plan.people = .new(4)
            plan.mix = try Mix("browse=1")
            let killed = Mutex(false)
            let bank = cluster.bank
            let figures = try await Load.run(plan) { progress in
                guard case .second = progress, !killed.withLock({ $0 }) else { return }
                killed.withLock { $0 = true }
                bank.signal(SIGKILL)
            }
            let browse = try #require(figures.kinds[.browse])
            #expect(browse.sent == 100 && browse.sent == browse.answered + browse.failed)
            #expect(browse.answered >= 50 && browse.failed > 0)
            #expect(browse.failures["could not connect"] ?? 0 > 0)
        }
    }

    @Test("Access tokens that live for two seconds are renewed on the way, and nobody is refused")
    func shortLives() async throws {
        var options = Cluster.Options()
        options.accessTTL = 2
        try await Cluster.with(options) { cluster in
            var plan = try plan(cluster, rate: 20, seconds: 4)
            plan.people = .new(3)
            plan.mix = try Mix("browse=1")
            let figures = try await Load.run(plan)
            #expect(figures.sent == 80 && figures.failed == 0)
            #expect(try #require(figures.kinds[.renew]).answered > 0)
        }
    }

    @Test("A crowd does one kind after the other, and the servers tell for each how many statements it ran")
    func crowd() async throws {
        try await Cluster.with { cluster in
            var plan = try plan(cluster, rate: 100, seconds: 0.2)
            let crowd = try await Crowd.gather(for: plan)
            func statements(of kind: Kind) async throws -> Int? {
                plan.mix = .only(kind)
                let figures = try await crowd.send(plan)
                #expect(figures.sent == 20 && figures.failed == 0)
                let one = try #require(figures.kinds[kind])
                #expect(one.answered == 20)
                return one.statements
            }
            // One statement reads the holdings, one renews.
            #expect(try await statements(of: .browse) == 20)
            #expect(try await statements(of: .renew) == 20)
            // There are twenty visitors, and all of them are there again afterwards.
            #expect(try #require(await statements(of: .signOut)) >= 20)
            #expect(try #require(await statements(of: .signIn)) >= 20)
            plan.targets = plan.targets.checkingOnly
            #expect(try await statements(of: .browse) == 0)
        }
    }

    @Test("Visitors who cannot sign in end it before it begins")
    func wrongPassword() async throws {
        try await Cluster.with { cluster in
            var plan = try plan(cluster, rate: 10, seconds: 1)
            plan.people = .known([.init(name: "nobody", password: "correct horse battery")])
            await #expect {
                try await Load.run(plan)
            } throws: { error in
                "\(error)" == "visitor 1 could not sign in: 401 invalid_credentials"
            }
        }
    }
}
