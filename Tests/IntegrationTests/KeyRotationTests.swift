import Curl
import Foundation
import Harness
import Testing

@Suite("Changing keys while the cluster runs")
struct KeyRotationTests {
    /// What makes a server read its key file again.
    enum Trigger: CaseIterable, CustomTestStringConvertible {
        case signal
        case fileChange

        var testDescription: String {
            switch self {
            case .signal: "on SIGHUP"
            case .fileChange: "by the change of the file alone"
            }
        }

        func pull(_ servers: [ServerProcess]) {
            guard self == .signal else { return }
            for server in servers { server.signal(SIGHUP) }
        }
    }

    @Test(
        "A key that is added signs from then on, and both keys' tokens are good at both servers",
        arguments: Direction.allCases, Trigger.allCases)
    func addAndRetire(direction: Direction, trigger: Trigger) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let file = stage.cluster.bankKeys
            let old = try await stage.program(of: "alice")
            let oldKey = try keyID(of: old.accessToken)
            #expect(try await keyList(file) == ["\(oldKey) signs"])

            try await sso("keys", "add", "--keys", file)
            trigger.pull(stage.servers)
            let newKey = try #require(try await keyList(file).first).replacingOccurrences(of: " signs", with: "")
            #expect(try await keyList(file) == ["\(newKey) signs", "\(oldKey) verifies"])
            #expect(newKey != oldKey)
            try await waitUntilSigned(by: newKey, stage)
            let new = try await stage.program(of: "alice")
            #expect(try keyID(of: new.accessToken) == newKey)
            #expect(try keyID(of: new.refreshToken) == newKey)
            for server in stage.servers {
                #expect(try await old.get(server, "/api/me").json("name") == "alice")
                #expect(try await new.get(server, "/api/me").json("name") == "alice")
            }

            try await sso("keys", "retire", oldKey, "--keys", file)
            trigger.pull(stage.servers)
            #expect(try await keyList(file) == ["\(newKey) signs"])
            for server in stage.servers {
                try await waitUntil("\(server.name) drops the old key") {
                    try await old.get(server, "/api/me").status == 401
                }
                expectProblem(try await old.get(server, "/api/me"), 401, "token_invalid")
                #expect(try await new.get(server, "/api/me").json("name") == "alice")
            }
            try await expectRefreshRefused(old.refreshToken, at: stage.servers, "token_invalid")
            try await expectRefreshWorks(new, at: stage.servers, count: 0)
        }
    }

    @Test(
        "New keys are in force though the database is locked, one change after the other", arguments: Direction.allCases
    )
    func locked(direction: Direction) async throws {
        try await withStage(direction) { stage async throws in
            let file = stage.cluster.bankKeys
            /// Waits until both servers have taken the keys that the file has after `change`.
            func take(_ change: () async throws -> Void) async throws {
                let before = stage.servers.map { times("keys loaded", $0) }
                try await change()
                for (server, count) in zip(stage.servers, before) {
                    try await waitUntil("\(server.name) has them") { times("keys loaded", server) > count }
                }
            }
            // More than once, as on a busy machine the database's time may be over before the second change is made.
            try await waitUntil("the second holds before the record of the first is given up", timeout: .seconds(60)) {
                let oldest = try #require(try await keyList(file).last?.split(separator: " ").first)
                let before = stage.servers.map { times("not recorded", $0) }
                var after: [Int] = []
                try await stage.database.withExclusiveLock {
                    try await take { try await sso("keys", "add", "--keys", file) }
                    try await take { try await sso("keys", "retire", String(oldest), "--keys", file) }
                    after = stage.servers.map { times("not recorded", $0) }
                }
                return after == before
            }
        }
    }

    /// How often a server has said something in its log.
    private func times(_ text: String, _ server: ServerProcess) -> Int {
        server.standardError.components(separatedBy: text).count - 1
    }

    @Test("On SIGHUP the file is read though nothing about it has changed", arguments: Direction.allCases)
    func signalAlone(direction: Direction) async throws {
        try await withStage(direction) { stage in
            for server in stage.servers {
                #expect(!server.standardError.contains("keys loaded"))
            }
            Trigger.signal.pull(stage.servers)
            for server in stage.servers {
                try await waitUntil("\(server.name) reads its keys") {
                    server.standardError.split(separator: "\n").contains {
                        $0.contains("keys loaded") && $0.contains("SIGHUP")
                    }
                }
            }
        }
    }

    @Test("A key in standby is accepted before it signs", arguments: Direction.allCases)
    func standby(direction: Direction) async throws {
        // Each server has a key file of its own, as on two machines; they are changed one after the other.
        try await withKeyFiles { here, there in
            var options = Cluster.Options()
            options.keys =
                switch direction {
                case .bankToRetirement: .files(bank: here, retirement: there)
                case .retirementToBank: .files(bank: there, retirement: here)
                }
            try await withStage(direction, options) { stage in
                try await stage.register("alice")
                let oldKey = try keyID(of: try await stage.program(of: "alice").accessToken)
                try await sso("keys", "add", "--standby", "--keys", there)
                let list = try await keyList(there)
                #expect(list.first == "\(oldKey) signs")
                let newKey = try #require(list.last).replacingOccurrences(of: " verifies", with: "")
                try await waitUntil("\(stage.there.name) loads the key") { stage.there.standardError.contains(newKey) }
                #expect(try keyID(of: try await stage.program(of: "alice", at: stage.there).accessToken) == oldKey)

                // Now the other one gets the same file, signs with the new key, and is understood.
                let keys = try #require(FileManager.default.contents(atPath: there))
                try keys.write(to: URL(fileURLWithPath: here))
                try await sso("keys", "promote", newKey, "--keys", here)
                let alice = try await stage.program(of: "alice")
                try await waitUntil("\(stage.here.name) signs with the new key") {
                    try await alice.refresh(at: stage.here)
                    return try keyID(of: alice.accessToken) == newKey
                }
                #expect(try await alice.get(stage.there, "/api/me").json("name") == "alice")
            }
        }
    }

    private func waitUntilSigned(by key: String, _ stage: Stage) async throws {
        for server in stage.servers {
            try await waitUntil("\(server.name) signs with the new key") {
                try keyID(of: try await stage.program(of: "alice", at: server).accessToken) == key
            }
        }
    }
}

/// The lines of `sso keys list`, such as `… signs`, with one space between their words.
private func keyList(_ file: String) async throws -> [String] {
    try await sso("keys", "list", "--keys", file).standardOutput.split(separator: "\n").map { line in
        line.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }
}

/// Two copies of one new key file.
private func withKeyFiles(_ body: (String, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-keys-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await Cluster.makeKeys(at: "\(folder)/here.json")
    try FileManager.default.copyItem(atPath: "\(folder)/here.json", toPath: "\(folder)/there.json")
    try await body("\(folder)/here.json", "\(folder)/there.json")
}
