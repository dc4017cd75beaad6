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
