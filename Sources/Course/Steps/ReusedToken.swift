import Curl
import Foundation
import Harness

extension Story {
    func reusedToken() async throws {
        try await theNaiveWay()
        try await theThiefFirst()
        try await theOwnerFirst()
    }

    /// One refresh token, used by two, where only the count is compared.
    private func theNaiveWay() async throws {
        var options = Cluster.Options()
        options.arguments = ["--refresh", "count"]
        try await Cluster.with(options) { cluster in
            try await cluster.add("alice")
            say("First the naive way: --refresh count. Alice signs in, and somebody copies her refresh token.")
            let (owner, thief) = try await robbed(at: cluster.bank)
            for (who, server) in [
                (thief, cluster.bank), (owner, cluster.retirement), (thief, cluster.retirement), (owner, cluster.bank),
            ] {
                let answer = try await who.refresh(at: server)
                expect("the \(who.visitor.name) gets new tokens", answer.status == 200)
            }
            say("Both can go on like that for days. Nobody notices, Alice least of all.")
        }
    }

    private func theThiefFirst() async throws {
        try await Cluster.with(Self.withoutGrace) { cluster in
            try await cluster.add("alice")
            say("Now each refresh token is good once. The thief is quicker than Alice.")
            let (owner, thief) = try await robbed(at: cluster.bank)
            let first = try await thief.refresh(at: cluster.bank)
            expect("the thief gets new tokens", first.status == 200)
            try await theSecondIsOver(thief)
            say("Alice's own program comes with the token that it has.")
            let answer = try await owner.refresh(at: cluster.retirement)
            expect("it was used before: token_reused", answer.status == 401 && answer.json("code") == "token_reused")
            say("The session is over, for both of them.")
            let next = try await thief.refresh(at: cluster.bank)
            expect("the thief is out", next.status == 401 && next.json("code") == "token_revoked")
            try await tellOfIt(cluster)
        }
    }

    private func theOwnerFirst() async throws {
        try await Cluster.with(Self.withoutGrace) { cluster in
            try await cluster.add("alice")
            say("Once more; this time Alice comes first.")
            let (owner, thief) = try await robbed(at: cluster.bank)
            let first = try await owner.refresh(at: cluster.retirement)
            expect("she gets new tokens", first.status == 200)
            try await theSecondIsOver(owner)
            let caught = try await thief.refresh(at: cluster.bank)
            expect(
                "the thief's first attempt gives it away", caught.status == 401 && caught.json("code") == "token_reused"
            )
            let out = try await owner.refresh(at: cluster.bank)
            expect("Alice has to sign in again", out.status == 401 && out.json("code") == "token_revoked")
            let back = try await owner.signIn(at: cluster.bank, as: "alice")
            expect("and the thief has nothing any more", back.status == 200)
            let count = try TokenParts(owner.visitor.refreshToken)
            expect(
                "her count is what it was: her other devices stay", count["count"]?.integer == 0,
                seen: count.payloadText)
        }
    }

    /// Alice's program, and a thief with a copy of its refresh token.
    private func robbed(at server: ServerProcess) async throws -> (owner: Participant, thief: Participant) {
        let (owner, thief) = (program("owner"), program("thief"))
        try await owner.signIn(at: server, as: "alice")
        thief.visitor.use(refreshToken: owner.visitor.refreshToken)
        return (owner, thief)
    }

    private func tellOfIt(_ cluster: Cluster) async throws {
        let record = try await sso("audit", "--database", cluster.database, "--event", "refresh_reused")
        expect(
            "the audit record has it", record.standardOutput.contains(" refresh_reused user=alice "),
            seen: record.standardOutput)
    }

    /// A grace of nothing, so that the lesson need not wait for half a minute. The time is in whole seconds.
    private static var withoutGrace: Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--refresh-grace", "0"]
        return options
    }

    private func theSecondIsOver(_ holder: Participant) async throws {
        let issued = try TokenParts(holder.visitor.refreshToken)["iat"]?.integer ?? 0
        try await waitUntil("the second of the exchange is over") { Int(Date().timeIntervalSince1970) > issued }
    }
}
