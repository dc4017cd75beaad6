import Foundation

/// A bank and a retirement server that run as real processes and share keys and a database.
///
/// Nothing is left behind: ``stop()`` ends the servers and removes the temporary folder, and should this program
/// die first, even by `kill -9`, a child of its own does both.
public final class Cluster: Sendable {
    /// The bank.
    public let bank: ServerProcess
    /// The retirement server.
    public let retirement: ServerProcess
    /// Where keys, database and logs are.
    public let folder: String
    /// The folder that both servers are given as `--outbox`: see ``mails``.
    public let outbox: String
    /// What both servers are given as `--database`.
    public let database: String
    /// The key file of the bank; the same as the other's, unless asked otherwise.
    public let bankKeys: String
    /// The key file of the retirement server.
    public let retirementKeys: String

    private let removesFolder: Bool
    private let removesDatabase: Bool
    // Kept for as long as the cluster lives: when it goes, the servers go.
    private let reaper: Reaper

    /// Both servers, the bank first.
    public var servers: [ServerProcess] { [bank, retirement] }

    /// Starts a cluster, runs the body, and stops the cluster whatever happened.
    ///
    /// When the body throws, both servers' logs are printed to standard error first.
    ///
    /// - Throws: What ``start(_:)`` or the body throws.
    public nonisolated(nonsending) static func with<Value>(
        _ options: Options = .init(), _ body: (Cluster) async throws -> Value
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

    /// Starts both servers and waits until they accept connections. ``with(_:_:)`` also sees to stopping.
    ///
    /// If a free port was taken by somebody in the meantime, other ports are tried.
    ///
    /// - Throws: ``HarnessError``; then nothing runs and no temporary folder is left.
    public static func start(_ options: Options = .init()) async throws -> Cluster {
        var attempts = options.ports == nil ? 5 : 1
        while true {
            let cluster = try await prepare(options)
            do {
                try await cluster.startServers()
                return cluster
            } catch {
                await cluster.stop()
                // Nobody of ours listens now, so a port that is not free is somebody else's.
                let portWasTaken = cluster.servers.contains { !Ports.isFree($0.port) }
                attempts -= 1
                guard portWasTaken, attempts > 0 else { throw error }
            }
        }
    }

    /// Stops both servers in order and removes the folder, if it was a temporary one. May be called twice.
    public func stop() async {
        async let first = bank.stop()
        async let second = retirement.stop()
        _ = await (first, second)
        if removesDatabase { try? await PostgreSQL.shared.dropDatabase(database) }
        if removesFolder { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Prints the end of both servers' logs to standard error.
    public func printLogs() {
        for server in servers {
            let end = server.endOfLog(lines: 200)
            FileHandle.standardError.write(Data("---- log of \(server.name) at \(server.url)\n\(end)\n".utf8))
        }
    }

    /// Makes a new key file with `sso keys new`, which must not exist yet.
    ///
    /// - Parameter executables: The folder of `sso`; nil is that of the running program.
    /// - Throws: ``HarnessError``.
    public static func makeKeys(at file: String, executables: String? = nil) async throws {
        let arguments = ["keys", "new", "--keys", file]
        let result = try await run(Surroundings.path(of: "sso", in: executables), arguments)
        guard result.status == 0 else {
            throw HarnessError.commandFailed(
                command: (["sso"] + arguments).joined(separator: " "), status: result.status,
                standardError: result.standardError)
        }
    }

    private init(
        _ options: Options, folder: String, database: (url: String, isOurs: Bool), reaper: Reaper,
        ports: (bank: Int, retirement: Int), keys: (bank: String, retirement: String)
    ) {
        self.folder = folder
        self.reaper = reaper
        removesFolder = options.folder == nil
        outbox = "\(folder)/outbox"
        (self.database, removesDatabase) = database
        (bankKeys, retirementKeys) = keys
        let hosts = options.hosts ?? (bank: "127.0.0.1", retirement: "127.0.0.1")
        let common = (
            environment: Surroundings.environment(adding: options.environment), database: database.url, outbox: outbox
        )
        func server(
            _ name: String, _ host: String, _ port: Int, keys: String, peer: String, _ extra: [String]
        ) -> ServerProcess {
            let arguments =
                [
                    "--port", "\(port)", "--keys", keys, "--database", common.database, "--outbox", common.outbox,
                    "--peer-url", peer,
                ]
                + (options.hosts == nil ? [] : ["--public-url", "http://\(host):\(port)"])
                + (options.scrypt.map { ["--scrypt", $0] } ?? [])
                + (options.accessTTL.map { ["--access-ttl", "\($0)"] } ?? [])
                + options.arguments + extra
            return ServerProcess(
                name: name, host: host, port: port, arguments: arguments, environment: common.environment,
                executables: options.executables, folder: folder, reaper: reaper)
        }
        bank = server(
            "bank", hosts.bank, ports.bank, keys: keys.bank, peer: "http://\(hosts.retirement):\(ports.retirement)",
            options.bankArguments)
        retirement = server(
            "retirement", hosts.retirement, ports.retirement, keys: keys.retirement,
            peer: "http://\(hosts.bank):\(ports.bank)", options.retirementArguments)
    }

    private static func prepare(_ options: Options) async throws -> Cluster {
        let folder: String
        if let given = options.folder {
            // Absolute, because the logs must be found wherever this program changes to.
            folder = URL(fileURLWithPath: given).path
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } else {
            folder = try Surroundings.makeTemporaryFolder()
        }
        // From here on the folder is removed when the reaper goes, and so also if a key file cannot be made.
        let reaper = try Reaper(removing: options.folder == nil ? folder : nil)
        let keys = try await prepareKeys(options, in: folder)
        let ports = try options.ports ?? (bank: Ports.free(), retirement: Ports.free())
        let database = try await chooseDatabase(options, in: folder)
        return Cluster(options, folder: folder, database: database, reaper: reaper, ports: ports, keys: keys)
    }

    private static func prepareKeys(
        _ options: Options, in folder: String
    ) async throws -> (bank: String, retirement: String) {
        let files: (bank: String, retirement: String)
        switch options.keys {
        case .files(let bank, let retirement): return (bank, retirement)
        case .shared: files = ("\(folder)/keys.json", "\(folder)/keys.json")
        case .different: files = ("\(folder)/bank-keys.json", "\(folder)/retirement-keys.json")
        }
        for file in Set([files.bank, files.retirement]) where !FileManager.default.fileExists(atPath: file) {
            try await makeKeys(at: file, executables: options.executables)
        }
        return files
    }

    /// Both at once, as after a power cut: each must bear with the other making the database.
    private func startServers() async throws {
        async let first: Void = bank.start()
        async let second: Void = retirement.start()
        _ = try await (first, second)
    }
}
