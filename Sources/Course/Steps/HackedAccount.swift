import Curl
import Foundation
import Harness

extension Story {
    func hackedAccount() async throws {
        say("First with servers that hear nothing of revocations: --revocations off.")
        try await Cluster.with(Cluster.deafOptions(accessTTLAtBank: 5)) { cluster in
            try await cluster.add("alice", "bob")
            let (bank, retirement) = (cluster.bank, cluster.retirement)
            let alice = browser("Alice")
            let hacker = program("hacker")
            let bob = Visitor.program(named: "Bob")
            try await bob.signIn(at: bank, username: "bob", password: Story.password)

            say("Alice is signed in. Somebody who has her password signs in as well.")
            try await alice.signIn(at: retirement, as: "alice")
            try await hacker.signIn(at: bank, as: "alice")
            let reach = try await hacker.get(retirement, "/api/plan")
            expect("the hacker sees her plan", reach.status == 200 && reach.json("name") == "alice")
            let renewal = try await hacker.refresh(at: bank)
            expect("and gets new tokens whenever they like", renewal.status == 200)
            let access = try TokenParts(hacker.visitor.accessToken)
            expect("their tokens are of count 0", access["count"]?.integer == 0, seen: access.payloadText)

            say("Alice sees a device that is not hers, and signs out everywhere, at the retirement server.")
            let out = try await alice.post(retirement, "/logout-everywhere")
            expect("it is done", out.status == 303)
            let start = ContinuousClock.now
            for server in cluster.servers {
                let refused = try await hacker.refresh(at: server)
                expect(
                    "\(server.called) refuses the hacker's refresh token",
                    refused.status == 401 && refused.json("code") == "token_revoked")
            }
            let refusedAfter = (ContinuousClock.now - start) / .seconds(1)
            try await outlive(hacker, access, since: start, refusedAfter: refusedAfter, bank)
            try await goOn(alice, Participant(visitor: bob, story: self), cluster)
        }
        try await theAnswer()
    }

    /// The same with servers as they are unless told otherwise.
    private func theAnswer() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            say("Once more, with servers that hear of revocations, as they do unless told otherwise.")
            let (alice, hacker) = (browser("Alice"), program("hacker"))
            try await alice.signIn(at: cluster.retirement, as: "alice")
            try await hacker.signIn(at: cluster.bank, as: "alice")
            let out = try await alice.post(cluster.retirement, "/logout-everywhere")
            let start = ContinuousClock.now
            expect("Alice signs out everywhere", out.status == 303)
            say("The hacker goes on with the access token, of 900 seconds, at the bank:")
            let seconds = try await secondsUntilRevoked(hacker, at: cluster.bank, since: start)
            tabulate(
                Table(
                    "the same, with servers that hear of it", columns: ["the hacker's token", "refused after"],
                    rows: [["access, of 900 s", inMilliseconds(seconds)]]))
            expect("that took less than a second", seconds < 1, seen: inSeconds(seconds))
        }
    }

    private func outlive(
        _ hacker: Participant, _ access: TokenParts, since start: ContinuousClock.Instant, refusedAfter: Double,
        _ bank: ServerProcess
    ) async throws {
        say("The hacker's access token, which nobody looks up:")
        let still = try await hacker.get(bank, "/api/me")
        expect("it is still accepted", still.status == 200 && still.serverTiming?.auth == 0)
        say("The hacker goes on with it, until it is refused.")
        let before = (ContinuousClock.now - start) / .seconds(1)
        let lived = before + (try await secondsUntilRefused(hacker, at: bank))
        expect(
            "that comes when its exp has come, and not before", Date() >= access.expiry,
            seen: "a refusal before its exp")
        tabulate(
            Table(
                "after the count had grown", columns: ["the hacker's token", "still good for"],
                rows: [
                    ["refresh, at both servers", "refused by both within \(inMilliseconds(refusedAfter))"],
                    ["access, of 5 s", inSeconds(lived)],
                ]))
        expect("it was less than the 5 seconds of its life", lived < 5, seen: inSeconds(lived))
    }

    private func goOn(_ alice: Participant, _ bob: Participant, _ cluster: Cluster) async throws {
        say("Alice signs in again.")
        try await alice.signIn(at: cluster.bank, as: "alice")
        let fresh = try TokenParts(alice.visitor.cookie(named: "sso_refresh"))
        expect("her tokens are of count 1", fresh["count"]?.integer == 1, seen: fresh.payloadText)
        say("And Bob, another customer, renews his tokens as if nothing had happened.")
        let untouched = try await bob.refresh(at: cluster.retirement)
        expect("his count is his own", untouched.status == 200)
    }
}
