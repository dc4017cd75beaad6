import Curl
import Harness
import Tokens

extension Story {
    func howItIsSigned() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            say("Alice signs in at the bank. We have her token, and, being the operator, the cluster's secret.")
            let program = program("program")
            let signIn = try await program.signIn(at: cluster.bank, as: "alice")
            let token = try TokenParts(signIn.json("access_token"))
            let key = try FileKey(signingKeyOf: cluster.bankKeys)
            compute(token, key)
            avalanche(token, key)
            try await signByHand(token, key, program, cluster)
        }
    }

    private func compute(_ token: TokenParts, _ key: FileKey) {
        say("What is signed: header and payload as they stand in the token, and the dot between them.")
        list("header", [token.headerText])
        list("payload", [token.payloadText])
        list("signing input, \(token.signingInput.utf8.count) bytes", token.signingInput.inLines(of: 96))

        say("The secret has 32 bytes. Zeros fill it up to 64, and it is XORed with a constant, twice.")
        let steps = HMACSteps(secret: key.secret, message: Array(token.signingInput.utf8))
        list(
            "the secret's block, and what stands before each hash (the first 8 of 64 bytes)",
            [
                "secret ‖ 00…   \(hex(steps.block, first: 8))",
                "⊕ 36 = inner   \(hex(steps.innerPad, first: 8))",
                "⊕ 5c = outer   \(hex(steps.outerPad, first: 8))",
            ])
        say("SHA-256 runs over the inner pad and the signing input, then over the outer pad and that hash.")
        list(
            "both hashes",
            [
                "inner = SHA-256(inner pad ‖ signing input) = \(hex(steps.innerHash))",
                "outer = SHA-256(outer pad ‖ inner) = \(hex(steps.outerHash, first: 12)) (cut short)",
            ])
        let signature = Base64URL.decode(token.signature.utf8) ?? []
        say("The outer hash is the signature. In the token it stands as base64url.")
        list("the token's own signature", ["\(hex(signature, first: 12)) (cut short)"])
        expect("all 32 bytes are those that the bank computed", steps.outerHash == signature, seen: "others")
    }

    private func avalanche(_ token: TokenParts, _ key: FileKey) {
        say("The same with one letter changed in the payload, and the same with one bit changed in the secret.")
        let right = HMACSteps(secret: key.secret, message: Array(token.signingInput.utf8)).outerHash
        let renamed = token.with(payload: token.payloadText.replacing("alice", with: "alica"))
        let otherText = HMACSteps(secret: key.secret, message: Array(renamed.signingInput.utf8)).outerHash
        var secret = key.secret
        secret[0] ^= 1
        let otherSecret = HMACSteps(secret: secret, message: Array(token.signingInput.utf8)).outerHash
        let bits = (text: differingBits(right, otherText), secret: differingBits(right, otherSecret))
        tabulate(
            Table(
                "how many of the signature's 256 bits change", columns: ["what was changed", "bits"],
                rows: [["one letter of the payload", "\(bits.text)"], ["one bit of the secret", "\(bits.secret)"]]))
        // By chance, fewer than 80 or more than 176 come once in some billions of times.
        expect(
            "each time about half of them", (80...176).contains(bits.text) && (80...176).contains(bits.secret),
            seen: "\(bits.text) and \(bits.secret)")
    }

    private func signByHand(
        _ token: TokenParts, _ key: FileKey, _ program: Participant, _ cluster: Cluster
    ) async throws {
        say("With the secret we write a token that no server has issued, and sign it by these steps.")
        let id = "\(token["jti"]?.string ?? "")-by-hand"
        let ours = token.with(
            payload: token.payloadText.replacing(token["jti"]?.string ?? "", with: id)
        ).signed(with: key.secret)
        program.visitor.use(token: ours.text)
        let accepted = try await program.get(cluster.retirement, "/api/me")
        expect("retirement accepts it as the bank's", accepted.status == 200 && accepted.json("jti") == id)
        say("The same text, with the signature that fits the bank's token:")
        program.visitor.use(token: "\(ours.signingInput).\(token.signature)")
        let refused = try await program.get(cluster.retirement, "/api/me")
        expect("retirement refuses it", refused.status == 401 && refused.json("code") == "token_invalid")
    }
}

private func differingBits(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).map { ($0 ^ $1).nonzeroBitCount }.reduce(0, +)
}

extension String {
    /// The text in pieces of that many characters.
    fileprivate func inLines(of length: Int) -> [String] {
        stride(from: 0, to: count, by: length).map { String(dropFirst($0).prefix(length)) }
    }
}
