import Curl
import Foundation
import Harness
import Testing

@Suite("Work on a cluster behind a gateway, with people at it", .onSeveralHosts, .serialized)
struct RollingTests {
    @Test("All four servers are restarted one after the other, and not one request fails")
    func restart() async throws {
        try await withTraffic { cluster, traffic async throws in
            for server in cluster.servers {
                let before = traffic.requests
                #expect(await server.stop() == 0)
                try await server.start()
                let visitor = Visitor.program(named: "operator")
                try await waitUntil("\(server.name) is ready") {
                    try await visitor.get(server, "/readyz").status == 200
                }
                #expect(traffic.requests > before)
            }
        }
    }

    @Test("The shared secret is changed on one host after the other, twenty times, and nobody is signed out")
    func secret() async throws {
        try await withTraffic { cluster, traffic async throws in
            var old = try #require(try await keys(cluster).first)
            for _ in 0..<20 {
                let first = cluster.keyFile(of: cluster.servers[0])
                // One: all verify with it. Two: all sign with it.
                try await sso("keys", "add", "--standby", "--keys", first)
                let new = try #require(try await keys(cluster).first { $0 != old })
                try await roll(cluster) { $0.contains(new) }
                try await sso("keys", "promote", new, "--keys", first)
                try await roll(cluster) { $0.contains(new) }
                // Three: when all have tokens of the new one, nobody needs the old one.
                try await traffic.waitUntilRenewed()
                try await sso("keys", "retire", old, "--keys", first)
                try await roll(cluster) { !$0.contains(old) }
                #expect(try await keys(cluster) == [new])
                old = new
            }
            try await traffic.waitUntilRenewed()
        }
    }

    private func withTraffic(_ body: (ReplicaCluster, Traffic) async throws -> Void) async throws {
        var options = ReplicaCluster.Options()
        options.hasGateway = true
        // The gateway looks twice a second who is ready.
        options.arguments = ["--drain", "2", "--attempt-limits", "off"]
        try await ReplicaCluster.with(options) { cluster async throws in
            let gateway = try #require(cluster.gateway)
            let traffic = try await Traffic(through: gateway, people: 8)
            try await traffic.flow {
                try await traffic.waitUntilRenewed()
                try await body(cluster, traffic)
                try await traffic.waitUntilRenewed()
            }
            print("\(traffic.requests) requests through the gateway, \(traffic.failures.count) failed")
            #expect(traffic.requests > 500)
            #expect(traffic.failures.isEmpty, "\(traffic.failures.count) in all: \(traffic.failures.prefix(5))")
        }
    }

    // MARK: Keys

    /// The ids of the first server's keys.
    private func keys(_ cluster: ReplicaCluster) async throws -> [String] {
        let list = try await sso("keys", "list", "--keys", cluster.keyFile(of: cluster.servers[0]))
        return list.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    /// Copies the first server's key file to the others', one by one, each when the one before has taken it.
    private func roll(_ cluster: ReplicaCluster, _ isTaken: (Substring) -> Bool) async throws {
        let first = cluster.keyFile(of: cluster.servers[0])
        for server in cluster.servers {
            let file = cluster.keyFile(of: server)
            if file != first {
                // At once: a server never reads half a file.
                try FileManager.default.copyItem(atPath: first, toPath: "\(file).new")
                try #require(rename("\(file).new", file) == 0)
            }
            let before = loads(server).count
            server.signal(SIGHUP)
            try await waitUntil("\(server.name) has taken its keys") {
                let all = loads(server)
                return all.count > before && all.last.map(isTaken) ?? false
            }
        }
    }

    private func loads(_ server: ServerProcess) -> [Substring] {
        server.standardError.split(separator: "\n").filter { $0.contains("keys loaded") }
    }

    @discardableResult
    private func sso(_ arguments: String...) async throws -> String {
        let result = try await run("sso", arguments)
        try #require(result.status == 0, "sso \(arguments): \(result.standardError)")
        return result.standardOutput
    }
}
