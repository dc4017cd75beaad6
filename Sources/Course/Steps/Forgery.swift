import Curl
import Foundation
import Harness
import Tokens

extension Story {
    func forgery() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("mallory", "alice")
            say("Mallory is a customer too, and has tokens of her own. With them she tries to become Alice.")
            let mallory = program("Mallory")
            try await mallory.signIn(at: cluster.bank, as: "mallory")
            let good = try TokenParts(mallory.visitor.accessToken)
            let refresh = try TokenParts(mallory.visitor.refreshToken)
            try await talkOutOfChecking(good, mallory, cluster)
            try await takeOneForTheOther(good, refresh, mallory, cluster)
        }
        try await guessTheSecret()
    }

    private func talkOutOfChecking(_ good: TokenParts, _ mallory: Participant, _ cluster: Cluster) async throws {
        let payload = good.payloadText.replacing("mallory", with: "alice")
        func header(alg: String = "HS256", kid: String) -> String {
            #"{"alg":"\#(alg)","kid":"\#(kid)","typ":"at+jwt"}"#
        }
        say("She writes alice in her token, and alg none in its header: no signature, please.")
        var unsigned = good.with(header: header(alg: "none", kid: good.keyID), payload: payload)
        unsigned.signature = ""
        try await expectForged(unsigned, mallory, cluster)

        say("She signs with a secret of her own.")
        let own = [UInt8]("Mallory's own secret of 32 bytes".utf8)
        try await expectForged(good.with(payload: payload).signed(with: own), mallory, cluster)

        say("In case the server takes kid for a path, she names a file that is empty: that key would be all zeros.")
        let zeros = [UInt8](repeating: 0, count: 32)
        let path = good.with(header: header(kid: "../../../../dev/null"), payload: payload).signed(with: zeros)
        try await expectForged(path, mallory, cluster)

        say("In case it puts kid into a query, she writes one as kid that finds a key of hers.")
        let query = header(kid: "x' UNION SELECT 'Mallory''s own secret of 32 bytes' --")
        try await expectForged(good.with(header: query, payload: payload).signed(with: own), mallory, cluster)
    }

    private func takeOneForTheOther(
        _ good: TokenParts, _ refresh: TokenParts, _ mallory: Participant, _ cluster: Cluster
    ) async throws {
        say("She sends her refresh token, which is well signed and lives for days, as access token.")
        try await expectForged(refresh, mallory, cluster)
        say("And her access token as refresh token.")
        mallory.visitor.use(refreshToken: good.text)
        let answer = try await mallory.refresh(at: cluster.bank)
        expect("the bank refuses it", answer.status == 401 && answer.json("code") == "token_invalid")
        say("Her access token as the bank issued it:")
        mallory.visitor.use(token: good.text)
        let own = try await mallory.get(cluster.retirement, "/api/me")
        expect("retirement accepts it, and she is still Mallory", own.status == 200 && own.json("name") == "mallory")
    }

    private func expectForged(_ token: TokenParts, _ mallory: Participant, _ cluster: Cluster) async throws {
        mallory.visitor.use(token: token.text)
        for server in cluster.servers {
            let answer = try await mallory.get(server, "/api/me")
            expect("\(server.called) refuses it", answer.status == 401 && answer.json("code") == "token_invalid")
        }
    }

    // MARK: A weak secret

    private func guessTheSecret() async throws {
        say("Another cluster, made for this: its secret is a word, written until it had 32 bytes.")
        try await withKeyFile(secret: WeakSecrets.secret(from: "sunshine")) { file in
            var options = Cluster.Options()
            options.keys = .files(bank: file, retirement: file)
            try await Cluster.with(options) { cluster in
                try await cluster.add("mallory", "alice")
                let mallory = program("Mallory")
                try await mallory.signIn(at: cluster.bank, as: "mallory")
                let good = try TokenParts(mallory.visitor.accessToken)

                say("Mallory tries a list of common passwords on her own token, at home: the servers see nothing.")
                let start = ContinuousClock.now
                let found = WeakSecrets.guess(good)
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                tabulate(
                    Table(
                        "guessing", columns: ["words in the list", "secrets tried", "time", "found"],
                        rows: [
                            [
                                "\(WeakSecrets.words.count)", "\(found?.tried ?? 0)",
                                inMilliseconds(seconds), found?.word ?? "nothing",
                            ]
                        ]))
                expect("the secret is found, in under a second", found != nil && seconds < 1, seen: inSeconds(seconds))

                let forged = good.with(payload: good.payloadText.replacing("mallory", with: "alice"))
                    .signed(with: found?.secret ?? [])
                say("She writes alice in her token and signs it, as well as the bank could.")
                mallory.visitor.use(token: forged.text)
                let answer = try await mallory.get(cluster.retirement, "/api/me")
                expect("retirement takes her for Alice", answer.status == 200 && answer.json("name") == "alice")
            }
        }
    }

    /// Writes a key file with that secret, as somebody could who makes one by hand.
    private func withKeyFile(secret: [UInt8], _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = try KeyRing([Key(id: "by-hand", secret: secret)])
        let file = folder.appendingPathComponent("keys.json").path
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(keys.jwkSet), attributes: [.posixPermissions: 0o600])
        else { throw HarnessError.misuse("the key file \(file) cannot be written") }
        try await body(file)
    }
}
