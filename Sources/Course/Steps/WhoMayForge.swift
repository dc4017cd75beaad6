import Curl
import Foundation
import Harness

extension Story {
    func whoMayForge() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            let alice = Visitor.program(named: "Alice")
            try await alice.signIn(at: cluster.retirement, username: "alice", password: Story.password)
            let known = try TokenParts(alice.accessToken)
            say("Somebody has broken into the retirement server, and has read its key file and seen Alice pass.")
            let key = try FileKey(signingKeyOf: cluster.retirementKeys)
            let burglar = program("burglar")
            try await forge(known, key, burglar, cluster)
            try await changeTheSecret(alice, key, burglar, cluster)
        }
    }

    private func forge(_ known: TokenParts, _ key: FileKey, _ burglar: Participant, _ cluster: Cluster) async throws {
        say("They write a token in the bank's name, with a session that there never was, and sign it.")
        let forged = known.with(payload: payload(of: known, session: "never-was")).signed(with: key.secret)
        list("the forged payload", [forged.payloadText])
        burglar.visitor.use(token: forged.text)
        let accounts = try await burglar.get(cluster.bank, "/api/accounts")
        expect("the bank shows Alice's accounts", accounts.status == 200 && accounts.json("name") == "alice")
        let me = try await burglar.get(cluster.bank, "/api/me")
        expect("it takes the token for its own", me.json("iss") == "bank" && me.serverTiming?.auth == 0)

        say("They forge a refresh token as well, for new access tokens without end.")
        let header = known.headerText.replacing("at+jwt", with: "rt+jwt")
        let refresh = known.with(header: header, payload: payload(of: known, session: "never-was"))
            .signed(with: key.secret)
        burglar.visitor.use(refreshToken: refresh.text)
        let answer = try await burglar.refresh(at: cluster.bank)
        expect(
            "the bank looks for its session, finds none, and refuses",
            answer.status == 401 && answer.json("code") == "token_revoked")
    }

    private func changeTheSecret(
        _ alice: Visitor, _ key: FileKey, _ burglar: Participant, _ cluster: Cluster
    ) async throws {
        say("The operators find out. They add a key and retire the stolen one at once; both servers read the file.")
        try await sso("keys", "add", "--keys", cluster.bankKeys)
        try await sso("keys", "retire", key.id, "--keys", cluster.bankKeys)
        for server in cluster.servers {
            try await waitUntil("\(server.called) drops the stolen key") {
                try await burglar.visitor.get(server, "/api/me").status == 401
            }
            let refused = try await burglar.get(server, "/api/me")
            expect(
                "\(server.called) refuses the forged token",
                refused.status == 401 && refused.json("code") == "token_invalid")
        }
        say("Alice's own tokens were made with the stolen secret, so she has to sign in again.")
        let honest = Participant(visitor: alice, story: self)
        let out = try await honest.refresh(at: cluster.retirement)
        expect("hers are refused too", out.status == 401)
        let signIn = try await honest.signIn(at: cluster.retirement, as: "alice")
        expect("she signs in", signIn.status == 200)
    }

    private func payload(of known: TokenParts, session: String) -> String {
        known.payloadText.replacing(#""iss":"retirement""#, with: #""iss":"bank""#)
            .replacing(known["sid"]?.string ?? "", with: session)
    }
}
