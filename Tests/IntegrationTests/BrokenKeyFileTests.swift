import Curl
import Foundation
import Harness
import Testing

@Suite("A key file that is broken while the cluster runs")
struct BrokenKeyFileTests {
    /// How the file is broken.
    enum Fault: CaseIterable, CustomTestStringConvertible {
        case garbage
        case empty
        case readableByOthers
        case gone

        var testDescription: String {
            switch self {
            case .garbage: "it holds garbage"
            case .empty: "it is empty"
            case .readableByOthers: "others can read it"
            case .gone: "it is gone"
            }
        }

        /// - Parameter others: a file with other keys, good in itself.
        func happen(to file: String, others: String) throws {
            let manager = FileManager.default
            switch self {
            case .garbage: try Data("{\"keys\": [garbage".utf8).write(to: URL(fileURLWithPath: file))
            case .empty: try Data().write(to: URL(fileURLWithPath: file))
            case .readableByOthers:
                try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: others)
                try manager.removeItem(atPath: file)
                try manager.copyItem(atPath: others, toPath: file)
                try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            case .gone: try manager.removeItem(atPath: file)
            }
        }
    }

    @Test(
        "The servers say so in their logs, and go on with the keys they have",
        arguments: Direction.allCases, Fault.allCases)
    func keysStay(direction: Direction, fault: Fault) async throws {
        var options = Cluster.Options()
        options.arguments = ["--log-format", "json"]
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let key = try keyID(of: alice.accessToken)
            let file = stage.cluster.bankKeys
            let good = try #require(FileManager.default.contents(atPath: file))
            let others = stage.cluster.folder + "/others.json"
            try await Cluster.makeKeys(at: others)
            #expect(stage.servers.map(\.loggedErrors) == [[], []])

            try fault.happen(to: file, others: others)
            for server in stage.servers {
                try await waitUntil("\(server.name) logs an error") { !server.loggedErrors.isEmpty }
                #expect(server.loggedErrors.allSatisfy { $0.contains(file) })
            }
            // Asked again, they say so again.
            let errors = stage.servers.map(\.loggedErrors.count)
            for (server, before) in zip(stage.servers, errors) {
                server.signal(SIGHUP)
                try await waitUntil("\(server.name) logs another error") { server.loggedErrors.count > before }
            }
            try await expectEverythingWorks(stage, alice, key)

            // Mended, with another key in front, it is taken up.
            try mend(file, with: good)
            try await sso("keys", "add", "--keys", file)
            for server in stage.servers {
                try await waitUntil("\(server.name) takes the mended file") {
                    try keyID(of: try await stage.program(of: "alice", at: server).accessToken) != key
                }
                #expect(try await alice.get(server, "/api/me").status == 200)
            }
        }
    }

    private func expectEverythingWorks(_ stage: Stage, _ alice: Visitor, _ key: String) async throws {
        for server in stage.servers {
            #expect(try await alice.get(server, "/api/me").json("name") == "alice")
            #expect(try keyID(of: try await stage.program(of: "alice", at: server).accessToken) == key)
        }
        try await expectRefreshWorks(alice, at: stage.servers, count: 0)
        #expect(try keyID(of: alice.refreshToken) == key)
    }

    private func mend(_ file: String, with content: Data) throws {
        try? FileManager.default.removeItem(atPath: file)
        #expect(
            FileManager.default.createFile(
                atPath: file, contents: content, attributes: [.posixPermissions: 0o600]))
    }
}

extension ServerProcess {
    /// The log's lines of level error, in a cluster that logs JSON.
    fileprivate var loggedErrors: [String] {
        standardError.split(separator: "\n").map(String.init).filter { line in
            JSONValue(Array(line.utf8))?["level"]?.string == "error"
        }
    }
}
