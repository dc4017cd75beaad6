import Curl
import Harness
import Tokens

extension Story {
    func whatIsInAToken() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            say("A program signs Alice in at the bank and gets two tokens.")
            let program = program("program")
            let signIn = try await program.signIn(at: cluster.bank, as: "alice")
            let token = try TokenParts(signIn.json("access_token"))
            read(token)
            try await change(token, program, cluster)
        }
    }

    /// Reads the parts, as everybody can.
    private func read(_ token: TokenParts) {
        say("It takes the access token apart at its two dots, and decodes each part. That needs no key.")
        list("header, \(token.header.utf8.count) characters", [token.headerText])
        list("payload, \(token.payload.utf8.count) characters", [token.payloadText])
        let signature = Base64URL.decode(token.signature.utf8) ?? []
        list("signature, \(token.signature.utf8.count) characters", ["\(hex(signature, first: 8)) (cut short)"])
        expect(
            "the header says how it is signed, and that it is an access token",
            token.headerText.contains(#""alg":"HS256""#) && token.headerText.contains(#""typ":"at+jwt""#),
            seen: token.headerText)
        expect(
            "the payload says who, and from whom",
            token["name"]?.string == "alice" && token["iss"]?.string == "bank" && token["aud"]?.string == "sso",
            seen: token.payloadText)
        expect("the password is not in it", !token.payloadText.contains(Story.password), seen: "the password")
        expect("the signature has 32 bytes", signature.count == 32, seen: "\(signature.count)")
    }

    /// Changes one character at a time, and asks both servers.
    private func change(_ token: TokenParts, _ program: Participant, _ cluster: Cluster) async throws {
        say("The token as it is:")
        let good = try await program.get(cluster.retirement, "/api/me")
        expect("retirement accepts it", good.status == 200)

        var renamed = token
        renamed.payload = Base64URL.encode(token.payloadText.replacing("alice", with: "alica").utf8)
        let changed = zip(token.payload.utf8, renamed.payload.utf8).filter { $0 != $1 }.count
        say("The program writes alica instead of alice: \(changed) of \(token.text.utf8.count) characters differ.")
        try await expectRefused(renamed, program, cluster)

        var resigned = token
        resigned.signature = (token.signature.hasPrefix("A") ? "B" : "A") + token.signature.dropFirst()
        say("It leaves header and payload as they were, and changes the first character of the signature.")
        try await expectRefused(resigned, program, cluster)
    }

    private func expectRefused(_ token: TokenParts, _ program: Participant, _ cluster: Cluster) async throws {
        program.visitor.use(token: token.text)
        for server in cluster.servers {
            let answer = try await program.get(server, "/api/me")
            expect("\(server.called) refuses it", answer.status == 401 && answer.json("code") == "token_invalid")
        }
    }
}
