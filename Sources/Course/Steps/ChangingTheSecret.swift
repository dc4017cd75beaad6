import Curl
import Foundation
import Harness

extension Story {
    func changingTheSecret() async throws {
        try await withMachines { cluster in
            try await cluster.add("alice")
            let alice = program("Alice")
            say(
                "Two machines, each with its own copy of the key file. Alice is signed in, by a token of the first key."
            )
            try await alice.signIn(at: cluster.bank, as: "alice")
            let first = try TokenParts(alice.visitor.accessToken).keyID
            let second = try await rightOrder(alice, first, cluster)
            try await wrongOrder(second, cluster)
        }
    }

    /// Standby everywhere, then sign everywhere, then retire: and Alice notices nothing.
    ///
    /// - Returns: the key that signs then.
    private func rightOrder(_ alice: Participant, _ first: String, _ cluster: Cluster) async throws -> String {
        say("The right order. One: a second key that only verifies, for both.")
        try await sso("keys", "add", "--standby", "--keys", cluster.retirementKeys)
        try copyKeys(from: cluster.retirementKeys, to: cluster.bankKeys)
        let list = try await sso("keys", "list", "--keys", cluster.bankKeys)
        let second =
            list.standardOutput.split(whereSeparator: \.isWhitespace).map(String.init)
            .first { $0 != first && $0 != "signs" && $0 != "verifies" } ?? ""
        try await waitUntilLoaded(second, at: cluster.servers)

        say("Two: the bank signs with it, then retirement does.")
        for (server, keys) in [(cluster.bank, cluster.bankKeys), (cluster.retirement, cluster.retirementKeys)] {
            try await sso("keys", "promote", second, "--keys", keys)
            try await waitUntilSigned(by: second, at: server)
        }
        let old = try await alice.get(cluster.retirement, "/api/me")
        expect("Alice's token of the first key is still good", old.status == 200)
        let renewed = try await alice.refresh(at: cluster.bank)
        expect("a renewal gives her tokens of the second", renewed.status == 200 && keyID(of: alice) == second)

        say("Three: nobody needs the first key any more, so it goes.")
        for keys in [cluster.bankKeys, cluster.retirementKeys] {
            try await sso("keys", "retire", first, "--keys", keys)
        }
        try await waitUntilForgotten(first, at: cluster.servers)
        for server in cluster.servers {
            let me = try await alice.get(server, "/api/me")
            expect("\(server.called) knows Alice as before", me.status == 200 && me.json("name") == "alice")
        }
        return second
    }

    /// A key that signs at the bank before retirement has it.
    private func wrongOrder(_ second: String, _ cluster: Cluster) async throws {
        say("The wrong order: a third key, which signs at the bank at once. Retirement has not got it yet.")
        try await sso("keys", "add", "--keys", cluster.bankKeys)
        let bob = program("Alice, again")
        try await waitUntil("the bank signs with the third key") {
            try await bob.visitor.signIn(at: cluster.bank, username: "alice", password: Story.password)
            return keyID(of: bob) != second
        }
        say("Alice signs in at the bank once more, and crosses over.")
        let here = try await bob.get(cluster.bank, "/api/me")
        expect("the bank accepts its own token", here.status == 200)
        let there = try await bob.get(cluster.retirement, "/api/me")
        expect(
            "retirement does not know its key, and refuses it",
            there.status == 401 && there.json("code") == "token_invalid")

        say("Retirement gets the same file, late.")
        try copyKeys(from: cluster.bankKeys, to: cluster.retirementKeys)
        try await waitUntil("retirement knows the third key") {
            try await bob.visitor.get(cluster.retirement, "/api/me").status == 200
        }
        let mended = try await bob.get(cluster.retirement, "/api/me")
        expect("now it accepts the token", mended.status == 200)
    }

    private func keyID(of program: Participant) -> String {
        (try? TokenParts(program.visitor.accessToken).keyID) ?? ""
    }

    // MARK: Waiting

    private func waitUntilLoaded(_ key: String, at servers: [ServerProcess]) async throws {
        for server in servers {
            try await waitUntil("\(server.called) loads the key") { server.standardError.contains(key) }
        }
    }

    private func waitUntilSigned(by key: String, at server: ServerProcess) async throws {
        let somebody = Visitor.program(named: "somebody")
        try await waitUntil("\(server.called) signs with the key") {
            try await somebody.signIn(at: server, username: "alice", password: Story.password)
            return try TokenParts(somebody.accessToken).keyID == key
        }
    }

    /// Waits until the last line about keys in a server's log does not name the key.
    private func waitUntilForgotten(_ key: String, at servers: [ServerProcess]) async throws {
        for server in servers {
            try await waitUntil("\(server.called) drops the key") {
                let lines = server.standardError.split(separator: "\n").filter { $0.contains("keys loaded") }
                return lines.last?.contains(key) == false
            }
        }
    }

    // MARK: Two machines

    /// A cluster whose servers have a key file each, with the same key at first.
    private func withMachines(_ body: (Cluster) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (bank, retirement) = ("\(folder)/bank.json", "\(folder)/retirement.json")
        try await Cluster.makeKeys(at: bank)
        try FileManager.default.copyItem(atPath: bank, toPath: retirement)
        var options = Cluster.Options()
        options.keys = .files(bank: bank, retirement: retirement)
        try await Cluster.with(options, body)
    }

    /// Puts a copy of a key file in the other's place, at once: a server never reads half a file.
    private func copyKeys(from source: String, to target: String) throws {
        try FileManager.default.copyItem(atPath: source, toPath: "\(target).new")
        guard rename("\(target).new", target) == 0 else {
            throw HarnessError.system(call: "rename \(target).new", code: errno)
        }
    }
}
