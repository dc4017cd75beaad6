import Curl
import Harness
import Testing

@Suite("A server is cut off from the database, without a word", .onSeveralHosts, .serialized)
struct CutTests {
    @Test("It goes on checking tokens, answers 503 to what needs the database, and has missed no revocation")
    func cutOff() async throws {
        try await ReplicaCluster.with { cluster async throws in
            let (here, there) = (cluster.banks[0], cluster.banks[1])
            let people = try await programs(of: "alice", "bob", "carol", at: here)
            let (alice, bob, carol) = (people[0], people[1], people[2])
            try await cluster.cutFromDatabase(here)

            let me = try await alice.get(here, "/api/me")
            #expect(me.status == 200)
            #expect(me.serverTiming == ServerTiming(auth: 0, db: 0))
            // All at once, as each waits until the database's time is over. A wrong password is not found to be one.
            let somebody = Visitor.program(named: "somebody")
            async let right = somebody.signIn(at: here, username: "alice", password: password)
            async let wrong = Visitor.program(named: "else").signIn(at: here, username: "alice", password: "not hers")
            async let renewal = alice.copy().refresh(at: here)
            async let signOut = alice.copy().post(here, "/api/logout", json: "")
            for answer in try await [right, wrong, renewal, signOut] { expectUnavailable(answer) }

            // Meanwhile, elsewhere: Bob signs out everywhere, Carol on this device.
            #expect(try await bob.post(cluster.retirements[0], "/api/logout-everywhere", json: "").status == 204)
            #expect(try await carol.post(there, "/api/logout", json: "").status == 204)
            for server in cluster.servers where server.name != here.name {
                try await bob.waitUntilRevoked(at: server)
                try await carol.waitUntilRevoked(at: server)
                #expect(try await alice.get(server, "/api/me").status == 200)
            }
            // Nobody could tell this one.
            #expect(try await bob.get(here, "/api/me").status == 200)

            try await cluster.network.heal()
            let time = try await bob.waitUntilRevoked(at: here)
            try await carol.waitUntilRevoked(at: here, timeout: .seconds(1))
            print("cut off: caught up \(time.milliseconds) after healing")
            #expect(time < .seconds(1))
            #expect(try await alice.get(here, "/api/me").status == 200)
            try await waitUntil("\(here.name) signs in again") {
                try await somebody.signIn(at: here, username: "alice", password: password).status == 200
            }
            #expect(try await alice.refresh(at: here).status == 200)
            #expect(try await bob.refresh(at: here).status == 401)
        }
    }

    @Test("The database's host is cut off from everybody: all servers answer 503, and nobody is signed out")
    func databaseHost() async throws {
        try await ReplicaCluster.with { cluster async throws in
            let alice = try await programs(of: "alice", at: cluster.banks[0])[0]
            try await cluster.network.cut(cluster.databaseHost)
            try await withThrowingTaskGroup(of: Exchange.self) { group in
                for server in cluster.servers {
                    #expect(try await alice.get(server, "/api/me").status == 200)
                    // All at once, as each waits until the database's time is over.
                    group.addTask { try await alice.copy().refresh(at: server) }
                }
                for try await answer in group { expectUnavailable(answer) }
            }
            try await cluster.network.heal()
            for server in cluster.servers {
                try await waitUntil("\(server.name) is ready") { try await alice.get(server, "/readyz").status == 200 }
                #expect(try await alice.refresh(at: server).status == 200)
            }
        }
    }

    @Test("It notices that it hears nothing more, lets nobody in by the closed policy, and heals by itself")
    func feed() async throws {
        var options = ReplicaCluster.Options()
        options.arguments = ["--revocation-grace", "2", "--revocation-policy", "closed"]
        try await ReplicaCluster.with(options) { cluster async throws in
            let here = cluster.retirements[0]
            let people = try await programs(of: "alice", "bob", "carol", "dave", at: here)
            let alice = people[0]
            for (round, revoked) in people.dropFirst().enumerated() {
                try await cluster.cutFromDatabase(here)
                let start = ContinuousClock.now
                try await waitUntil("\(here.name) takes no token") {
                    try await alice.get(here, "/api/me").status == 503
                }
                let noticed = ContinuousClock.now - start
                // The grace, and the second within which it looks.
                #expect(noticed < .seconds(4))
                let refusal = try await alice.get(here, "/api/me")
                #expect(refusal.status == 503)
                #expect(refusal.json("code") == "revocations_unknown")
                #expect(try await revoked.post(cluster.banks[0], "/api/logout-everywhere", json: "").status == 204)
                // The second time, TCP by itself would come back late; the third time, the cut is a long one.
                if round == 1 { try await stayCut(for: .milliseconds(1_350), here, alice) }
                if round == 2 {
                    let ready = try await alice.get(here, "/readyz")
                    #expect(ready.status == 503)
                    #expect(ready.text.contains("nothing was heard of revocations"))
                }

                try await cluster.network.heal(try cluster.host(of: here), cluster.databaseHost)
                let healed = ContinuousClock.now
                try await revoked.waitUntilRevoked(at: here)
                let caughtUp = ContinuousClock.now - healed
                print(
                    "feed cut: noticed after \(noticed.milliseconds), caught up \(caughtUp.milliseconds) after healing")
                #expect(caughtUp < .seconds(1))
                #expect(try await alice.get(here, "/api/me").status == 200)
                try await waitUntil("\(here.name) is ready") { try await alice.get(here, "/readyz").status == 200 }
            }
        }
    }

    /// Lets time pass, in which the server stays as it is.
    private func stayCut(for duration: Duration, _ server: ServerProcess, _ visitor: Visitor) async throws {
        let end = ContinuousClock.now + duration
        try await waitUntil("it was cut for so long", timeout: .seconds(30)) {
            try #require(try await visitor.get(server, "/api/me").status == 503)
            return .now >= end
        }
    }
}
