import Curl
import Harness
import History
import Testing

@Suite("A storm of refreshes at four servers on four hosts", .onSeveralHosts, .serialized)
struct StormTests {
    private static let rule = Checker.Rule.rotation(grace: 10)

    private static var options: ReplicaCluster.Options {
        var options = ReplicaCluster.Options()
        options.arguments = [
            "--attempt-limits", "off", "--refresh", "rotation", "--refresh-grace", "10",
        ]
        return options
    }

    @Test(
        "PostgreSQL is killed in the middle, again and again: no acknowledged revocation is lost, none is passed over")
    func killed() async throws {
        try await ReplicaCluster.with(Self.options) { cluster async throws in
            let storm = try await Storm(users: (1...6).map { "user-\($0)" }, at: cluster.servers)
            try await storm.rage(devices: 4) {
                for _ in 0..<4 {
                    try await waitForRefreshes(300, storm)
                    await cluster.database.stop(.killed)
                    try await waitUntil("PostgreSQL runs again", timeout: .seconds(60)) {
                        // It waits for none of those that the old one has left behind.
                        do { try await cluster.database.start() } catch is HarnessError { return false }
                        return true
                    }
                }
                try await waitForRefreshes(300, storm)
            }
            print("PostgreSQL killed 4 times: \(storm.line)")
            #expect(storm.count { $0 == .lost } > 0, "somebody met the database's end")
            try await storm.check(cluster, Self.rule)
        }
    }

    @Test("A bank's link to the database is slow: revocations arrive, later, and nothing is inconsistent")
    func slow() async throws {
        try await ReplicaCluster.with(Self.options) { cluster async throws in
            let (slow, fast) = (cluster.banks[0], cluster.banks[1])
            try await cluster.network.slow(try cluster.host(of: slow), cluster.databaseHost, bitsPerSecond: 64_000)
            let alice = try await programs(of: "alice", at: fast)[0]
            let (here, there) = (
                try await time { try await alice.refresh(at: slow) },
                try await time { try await alice.refresh(at: fast) }
            )
            #expect(here > .milliseconds(40), "by the bytes of one statement and its answer")

            let storm = try await Storm(users: ["bob", "carol"], at: cluster.servers)
            try await storm.rage(devices: 2) { try await waitForRefreshes(150, storm) }
            #expect(try await alice.post(fast, "/api/logout-everywhere", json: "").status == 204)
            async let late = alice.copy().waitUntilRevoked(at: slow)
            let early = try await alice.waitUntilRevoked(at: fast)
            print(
                """
                slow link: a refresh took \(here.milliseconds), elsewhere \(there.milliseconds); a revocation was heard \
                of after \(try await late.milliseconds), elsewhere \(early.milliseconds); \(storm.line)
                """)
            try await storm.check(cluster, Self.rule)
        }
    }

    private func waitForRefreshes(_ number: Int, _ storm: Storm) async throws {
        let before = storm.refreshes
        try await waitUntil("\(number) refreshes more", timeout: .seconds(60)) { storm.refreshes >= before + number }
    }

    private func time(_ body: () async throws -> Exchange) async throws -> Duration {
        let start = ContinuousClock.now
        #expect(try await body().status == 200)
        return ContinuousClock.now - start
    }
}
