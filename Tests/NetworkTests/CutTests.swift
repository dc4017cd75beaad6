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
            // With a wrong password as with the right one: it must not look like a wrong one.
            let somebody = Visitor.program(named: "somebody")
            for word in [password, "a-wrong-one-for-sure"] {
                expectUnavailable(try await somebody.signIn(at: here, username: "alice", password: word))
            }
            expectUnavailable(try await alice.copy().refresh(at: here))
            expectUnavailable(try await alice.post(here, "/api/logout", json: ""))

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
            #expect(time < .seconds(2))
            #expect(try await alice.get(here, "/api/me").status == 200)
            try await waitUntil("\(here.name) signs in again") {
                try await somebody.signIn(at: here, username: "alice", password: password).status == 200
            }
            #expect(try await alice.refresh(at: here).status == 200)
            #expect(try await bob.refresh(at: here).status == 401)
        }
    }
}
