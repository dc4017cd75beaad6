import Curl
import Harness

extension Story {
    func usedLink() async throws {
        try await Cluster.with { cluster in
            let registrar = Visitor.program(named: "registrar")
            let added = try await registrar.register(
                at: cluster.bank, username: "alice", password: Story.password, email: Self.address)
            guard added.status == 201 else { throw HarnessError.misuse("alice could not be added: \(added.status)") }
            let laptop = program("laptop")
            let first = try await usedOnce(laptop, cluster)
            try await usedAgain(first, cluster)
            try await killedUnused(laptop, cluster)
        }
    }

    private static let address = "alice@example.com"

    /// Alice asks for a link and uses it.
    ///
    /// - Returns: the token of the link, which others may find in her mails.
    private func usedOnce(_ laptop: Participant, _ cluster: Cluster) async throws -> String {
        say("Alice has forgotten her password, and asks the bank for a link.")
        let token = try await link(asBy: laptop, cluster, after: 0)
        say("The mail is there. She uses its link, at the other server: both read the same count.")
        let reset = try await set("a new one for Alice", by: token, at: cluster.retirement, laptop)
        expect("her password is changed", reset.status == 204)
        let signIn = try await laptop.signIn(at: cluster.bank, as: "alice", password: "a new one for Alice")
        expect("she is in with it", signIn.status == 200)
        try expectCount(1, laptop)
        return token
    }

    private func usedAgain(_ token: String, _ cluster: Cluster) async throws {
        say("Somebody reads the mail later, and tries the link too.")
        let finder = program("finder")
        for server in cluster.servers {
            let answer = try await set("chosen by somebody else", by: token, at: server, finder)
            expect(
                "\(server.called) refuses it: token_revoked",
                answer.status == 401 && answer.json("code") == "token_revoked")
        }
        let signIn = try await finder.signIn(at: cluster.bank, as: "alice", password: "chosen by somebody else")
        expect("and nothing was changed", signIn.status == 401)
    }

    /// A link that nobody has used yet dies with all else of its count.
    private func killedUnused(_ laptop: Participant, _ cluster: Cluster) async throws {
        say("Alice asks for another link, does not need it, and signs out everywhere instead.")
        let token = try await link(asBy: laptop, cluster, after: 1)
        let out = try await laptop.post(cluster.retirement, "/api/logout-everywhere", json: "{}")
        expect("she is signed out everywhere", out.status == 204)
        let finder = program("finder")
        for server in cluster.servers {
            let answer = try await set("chosen by somebody else", by: token, at: server, finder)
            expect(
                "\(server.called) refuses the link, though nobody had used it",
                answer.status == 401 && answer.json("code") == "token_revoked")
        }
        let back = try await laptop.signIn(at: cluster.bank, as: "alice", password: "a new one for Alice")
        expect("her password is still hers", back.status == 200)
        try expectCount(2, laptop)
    }

    /// Asks for a link and waits for the mail. There have been so many before.
    private func link(asBy program: Participant, _ cluster: Cluster, after links: Int) async throws -> String {
        let answer = try await program.post(
            cluster.bank, "/api/password/forgot", json: jsonObject(["username": "alice"]))
        expect("the answer is 202, as it would be for any name", answer.status == 202)
        var tokens: [String] = []
        try await waitUntil("the link is in a mail") {
            tokens = cluster.mails.filter { $0["To"] == "<\(Self.address)>" }.compactMap(\.token)
            return tokens.count > links
        }
        guard let token = tokens.last else { throw HarnessError.misuse("there is a link, and there is none") }
        return token
    }

    private func set(
        _ password: String, by token: String, at server: ServerProcess, _ program: Participant
    ) async throws -> Exchange {
        try await program.post(
            server, "/api/password/reset", json: jsonObject(["token": token, "new_password": password]))
    }
}
