import Curl
import Foundation
import Harness
import Testing

@Suite("What a cluster on several hosts leaves behind", .onSeveralHosts, .serialized)
struct CleanUpTests {
    @Test("Nothing, when it is stopped")
    func stopped() async throws {
        try await ReplicaCluster.with { cluster async throws in
            #expect(Self.namespaces.count == cluster.network.hosts.count + 1)
            for server in cluster.servers {
                #expect(try await Visitor.program(named: "operator").get(server, "/readyz").status == 200)
            }
        }
        try await expectNothing()
    }

    @Test("Nothing, when whoever made it is gone")
    func dropped() async throws {
        var cluster: ReplicaCluster? = try await ReplicaCluster.start()
        let folder = try #require(cluster?.folder)
        #expect(!Self.namespaces.isEmpty)
        // As when this program is killed: to the reaper, its socket is closed, and no more.
        cluster = nil
        try await expectNothing()
        try await waitUntil("the folder is gone") { !FileManager.default.fileExists(atPath: folder) }
    }

    private func expectNothing() async throws {
        try await waitUntil("no namespace of this program is left") { Self.namespaces.isEmpty }
        try await waitUntil("no interface of this program is left") {
            // The kernel takes namespaces apart in its own time, and the cable with them.
            let interfaces = try FileManager.default.contentsOfDirectory(atPath: "/sys/class/net")
            return !interfaces.contains { $0.hasPrefix("sso-\(getpid())-") }
        }
    }

    private static var namespaces: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
        return all.filter { $0.hasPrefix("sso-\(getpid())-") }
    }
}
