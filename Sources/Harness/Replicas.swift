import Foundation

/// Any number of servers of one cluster, which share keys and a database: banks and retirement servers by turns, the first
/// a bank.
///
/// Where a ``Cluster`` is one of each, this is what a deployment has behind its gateway. Nothing is left behind, in the
/// same way.
public final class Replicas: Sendable {
    /// All servers, in order.
    public let servers: [ServerProcess]
    /// The addresses of the banks.
    public var banks: [String] { servers.filter { $0.name == "bank" }.map(\.url) }
    /// The addresses of the retirement servers.
    public var retirements: [String] { servers.filter { $0.name == "retirement" }.map(\.url) }

    private let folder: String
    // Kept for as long as the servers live: when it goes, they go.
    private let reaper: Reaper

    /// Starts so many servers, runs the body, and stops them whatever happened.
    ///
    /// - Parameters:
    ///   - count: how many, 1 or more.
    ///   - database: what all are given as `--database`.
    ///   - arguments: for all, after the harness's own, so that they win. Password hashes are cheap unless they say otherwise.
    /// - Throws: ``HarnessError`` if one does not start, or what the body throws.
    public nonisolated(nonsending) static func with<Value>(
        _ count: Int, database: String, arguments: [String] = [], _ body: (Replicas) async throws -> Value
    ) async throws -> Value {
        let folder = try Surroundings.makeTemporaryFolder()
        let reaper = try Reaper(removing: folder)
        try await Cluster.makeKeys(at: "\(folder)/keys.json")
        let replicas = try Replicas(count, database: database, arguments: arguments, folder: folder, reaper: reaper)
        do {
            try await replicas.start()
            let value = try await body(replicas)
            await replicas.stop()
            return value
        } catch {
            await replicas.stop()
            throw error
        }
    }

    private init(_ count: Int, database: String, arguments: [String], folder: String, reaper: Reaper) throws {
        self.folder = folder
        self.reaper = reaper
        let ports = try (0..<count).map { _ in try Ports.free() }
        servers = try ports.enumerated().map { index, port in
            // Each has a folder of its own, since log files bear the names of kinds.
            let own = "\(folder)/\(index + 1)"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            let peer = ports[index % 2 == 0 ? min(1, count - 1) : 0]
            return ServerProcess(
                name: index % 2 == 0 ? "bank" : "retirement", host: "127.0.0.1", port: port,
                arguments: [
                    "--port", "\(port)", "--keys", "\(folder)/keys.json", "--database", database, "--outbox",
                    "\(folder)/outbox", "--peer-url", "http://127.0.0.1:\(peer)", "--scrypt", "4,8,1",
                ] + arguments,
                environment: Surroundings.environment(adding: [:]), executables: nil, folder: own, reaper: reaper)
        }
    }

    private func start() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // All at once, as machines do after a power cut.
            for server in servers { group.addTask { try await server.start() } }
            try await group.waitForAll()
        }
    }

    private func stop() async {
        await withTaskGroup(of: Void.self) { group in
            // All at once: each takes its time to stop in order.
            for server in servers { group.addTask { await server.stop() } }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
