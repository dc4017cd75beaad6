import Foundation

/// A cluster on several hosts: a database, so many banks, so many retirement servers, and a gateway if one is wanted, each
/// with an address of its own on a ``Network`` whose links can be cut, slowed and healed.
///
/// Nothing is left behind: ``stop()`` ends all of it and removes the hosts and the temporary folder, and should this
/// program die first, even by `kill -9`, a child of its own does.
public final class ReplicaCluster: Sendable {
    /// What may differ from one cluster to another.
    public struct Options: Sendable {
        /// How many servers of each kind there are.
        public var replicas = 2
        /// Whether a gateway stands before them. Then its addresses are the servers' public ones.
        public var hasGateway = false
        /// Arguments for all servers, after the cluster's own, so that they win.
        public var arguments: [String] = []
        /// Arguments for `postgres`, after the harness's own.
        public var databaseArguments: [String] = []
        /// The folder of the executables; nil is that of the running program.
        public var executables: String?

        /// The defaults: two servers of each kind, and no gateway.
        public init() {}
    }

    /// Where all of it runs.
    public let network: Network
    /// The database's server.
    public let database: PostgreSQL
    /// The database's host.
    public let databaseHost: Network.Host
    /// What all servers are given as `--database`.
    public let databaseURL: String
    /// The banks: `bank1`, `bank2`, ….
    public let banks: [ServerProcess]
    /// The retirement servers: `retirement1`, `retirement2`, ….
    public let retirements: [ServerProcess]
    /// What stands before them, or nil.
    public let gateway: Gateway?
    /// Where keys and logs are.
    public let folder: String

    private let reaper: Reaper

    /// All servers, the banks first.
    public var servers: [ServerProcess] { banks + retirements }

    /// Where a server runs.
    ///
    /// - Throws: ``HarnessError/misuse(_:)`` if it is none of this cluster's.
    public func host(of server: ServerProcess) throws(HarnessError) -> Network.Host { try network.host(server.name) }

    /// A server's own key file: each host has one, as on machines that share no disk.
    public func keyFile(of server: ServerProcess) -> String { Self.keyFile(of: server.name, in: folder) }

    /// Cuts a server off from the database without a word to either. Visitors still reach it.
    ///
    /// - Throws: ``HarnessError``.
    public func cutFromDatabase(_ server: ServerProcess) async throws {
        try await network.cut(try host(of: server), databaseHost)
    }

    /// Starts a cluster, runs the body, and stops the cluster whatever happened.
    ///
    /// When the body throws, all logs are printed to standard error first.
    ///
    /// - Throws: What ``start(_:)`` or the body throws.
    public nonisolated(nonsending) static func with<Value>(
        _ options: Options = .init(), _ body: (ReplicaCluster) async throws -> Value
    ) async throws -> Value {
        let cluster = try await start(options)
        do {
            let value = try await body(cluster)
            await cluster.stop()
            return value
        } catch {
            cluster.printLogs()
            await cluster.stop()
            throw error
        }
    }

    /// Starts the database, then all servers at once, then the gateway, and waits until they take requests.
    ///
    /// - Throws: ``HarnessError``; then nothing of it is left.
    public static func start(_ options: Options = .init()) async throws -> ReplicaCluster {
        let folder = try Surroundings.makeTemporaryFolder()
        let reaper = try Reaper(removing: folder)
        let numbers = 1...max(1, options.replicas)
        let names = (banks: numbers.map { "bank\($0)" }, retirements: numbers.map { "retirement\($0)" })
        try await makeKeys(for: names.banks + names.retirements, options, in: folder)
        let others = ["database"] + (options.hasGateway ? ["gateway"] : [])
        let network = try await Network.make(others + names.banks + names.retirements, watchedBy: reaper)
        do {
            let databaseHost = try network.host("database")
            let database = try await PostgreSQL.start(options.databaseArguments, on: databaseHost)
            let plan = ServerPlan(
                network: network, database: try await database.makeDatabase(), options: options, folder: folder,
                reaper: reaper)
            let cluster = ReplicaCluster(
                network: network, database: database, databaseHost: databaseHost, databaseURL: plan.database,
                banks: try names.banks.map { try plan.server($0, "bank") },
                retirements: try names.retirements.map { try plan.server($0, "retirement") },
                gateway: plan.makeGateway(), folder: folder, reaper: reaper)
            try await cluster.startServers()
            return cluster
        } catch {
            await network.remove()
            throw error
        }
    }

    private init(
        network: Network, database: PostgreSQL, databaseHost: Network.Host, databaseURL: String,
        banks: [ServerProcess], retirements: [ServerProcess], gateway: Gateway?, folder: String, reaper: Reaper
    ) {
        (self.network, self.database, self.databaseHost) = (network, database, databaseHost)
        (self.databaseURL, self.banks, self.retirements) = (databaseURL, banks, retirements)
        (self.gateway, self.folder, self.reaper) = (gateway, folder, reaper)
    }

    private func startServers() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // All at once, as after a power cut: each must bear with the others making the database.
                for server in servers { group.addTask { try await server.start() } }
                try await group.waitForAll()
            }
            try await gateway?.start(banks: banks, retirements: retirements)
        } catch {
            await stop()
            throw error
        }
    }

    /// Stops all of it and removes the hosts and the folder. May be called twice.
    public func stop() async {
        await gateway?.stop()
        await withTaskGroup(of: Void.self) { group in
            // All at once. Not in order: some may be about to say for a while that they are not ready.
            for server in servers { group.addTask { await server.kill() } }
        }
        await database.stop(.killed)
        await network.remove()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Prints the ends of all logs to standard error.
    public func printLogs() {
        for server in servers {
            let end = server.endOfLog(lines: 100)
            FileHandle.standardError.write(Data("---- log of \(server.name) at \(server.url)\n\(end)\n".utf8))
        }
        guard let gateway else { return }
        FileHandle.standardError.write(Data("---- log of the gateway\n\(gateway.text.suffix(10_000))\n".utf8))
    }

    // MARK: Keys

    private static func keyFile(of name: String, in folder: String) -> String { "\(folder)/\(name)-keys.json" }

    private static func makeKeys(for names: [String], _ options: Options, in folder: String) async throws {
        let first = keyFile(of: names[0], in: folder)
        try await Cluster.makeKeys(at: first, executables: options.executables)
        for name in names.dropFirst() {
            try FileManager.default.copyItem(atPath: first, toPath: keyFile(of: name, in: folder))
        }
    }

    /// What all servers are started with.
    private struct ServerPlan {
        let network: Network
        let database: String
        let options: Options
        let folder: String
        let reaper: Reaper

        /// What stands before them, if they have one.
        func makeGateway() -> Gateway? {
            (try? network.host("gateway")).map { Gateway(on: $0, folder: folder, reaper: reaper) }
        }

        func server(_ name: String, _ kind: String) throws(HarnessError) -> ServerProcess {
            let host = try network.host(name)
            let isBank = kind == "bank"
            let port = isBank ? Gateway.ports.bank : Gateway.ports.retirement
            var arguments = [
                "--host", host.address, "--port", "\(port)", "--keys", keyFile(of: name, in: folder),
                "--database", database, "--scrypt", "4,8,1", "--log-level", "info",
            ]
            if let gateway = try? network.host("gateway") {
                let bank = "http://\(gateway.address):\(Gateway.ports.bank)"
                let retirement = "http://\(gateway.address):\(Gateway.ports.retirement)"
                arguments += ["--public-url", isBank ? bank : retirement, "--peer-url", isBank ? retirement : bank]
                arguments += ["--trusted-proxies", gateway.address]
            } else {
                let peer = try network.host(isBank ? "retirement1" : "bank1").address
                let peerPort = isBank ? Gateway.ports.retirement : Gateway.ports.bank
                arguments += ["--peer-url", "http://\(peer):\(peerPort)"]
            }
            return ServerProcess(
                name: name, executable: kind, host: host.address, in: host, port: port,
                arguments: arguments + options.arguments, environment: Surroundings.environment(adding: [:]),
                executables: options.executables, folder: folder, reaper: reaper)
        }
    }
}
