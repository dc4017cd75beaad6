import Curl
import Harness

extension Story {
    func usedLink() async throws {
        try await Cluster.with { cluster in
            let registrar = Visitor.program(named: "registrar")
            for name in ["alice", "bob"] {
                let added = try await registrar.register(
                    at: cluster.bank, username: name, password: Story.password, email: Self.address(of: name))
                guard added.status == 201 else { throw HarnessError.misuse("\(name) is not added: \(added.status)") }
            }
            let first = try await usedOnce(program("laptop"), cluster)
            try await usedAgain(first, cluster)
            try await killedUnused(program("phone"), cluster)
        }
    }

    private static func address(of name: String) -> String { "\(name)@example.com" }

    /// Alice asks for a link and uses it.
    ///
    /// - Returns: the token of the link, which others may find in her mails.
    private func usedOnce(_ laptop: Participant, _ cluster: Cluster) async throws -> String {
        say("Alice has forgotten her password, and asks the bank for a link.")
        let token = try await link(for: "alice", asBy: laptop, cluster)
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
        try await expectDead(token, cluster, finder, "refuses it: token_revoked")
        let signIn = try await finder.signIn(at: cluster.bank, as: "alice", password: "chosen by somebody else")
        expect("and nothing was changed", signIn.status == 401)
    }

    /// A link that nobody has used yet dies with all else of its count.
    private func killedUnused(_ phone: Participant, _ cluster: Cluster) async throws {
        say("Bob asks for a link too, remembers his password, and signs out everywhere instead.")
        let token = try await link(for: "bob", asBy: phone, cluster)
        let signIn = try await phone.signIn(at: cluster.bank, as: "bob")
        expect("he is in with the password he remembers", signIn.status == 200)
        let out = try await phone.post(cluster.retirement, "/api/logout-everywhere", json: "{}")
        expect("he is signed out everywhere", out.status == 204)
        try await expectDead(token, cluster, program("finder"), "refuses the link, though nobody had used it")
        let back = try await phone.signIn(at: cluster.bank, as: "bob")
        expect("his password is still his", back.status == 200)
        try expectCount(1, phone)
    }

    /// Asks for a link and waits for the mail.
    private func link(for name: String, asBy program: Participant, _ cluster: Cluster) async throws -> String {
        let answer = try await program.post(cluster.bank, "/api/password/forgot", json: jsonObject(["username": name]))
        expect("the answer is 202, as it would be for any name", answer.status == 202)
        var token: String?
        try await waitUntil("the link is in a mail") {
            token = cluster.mails.last { $0["To"] == "<\(Self.address(of: name))>" }?.token
            return token != nil
        }
        guard let token else { throw HarnessError.misuse("there is a link, and there is none") }
        return token
    }

    /// Tries a link at both servers.
    private func expectDead(
        _ token: String, _ cluster: Cluster, _ finder: Participant, _ sentence: String
    ) async throws {
        for server in cluster.servers {
            let answer = try await set("chosen by somebody else", by: token, at: server, finder)
            expect(
                "\(server.called) \(sentence)", answer.status == 401 && answer.json("code") == "token_revoked")
        }
    }

    private func set(
        _ password: String, by token: String, at server: ServerProcess, _ program: Participant
    ) async throws -> Exchange {
        try await program.post(
            server, "/api/password/reset", json: jsonObject(["token": token, "new_password": password]))
    }
}
