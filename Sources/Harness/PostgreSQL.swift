public import Foundation
import Synchronization

/// A PostgreSQL server of our own, in a temporary folder and on a free port of 127.0.0.1 or of a host of a ``Network``,
/// from Debian's package.
///
/// Nothing is left behind: should this program end without stopping it, a child of its own does. It lets everybody in
/// who asks from this machine or its network, and does not wait for the disk unless told to, so it is for tests and
/// measurements only: what was committed outlives `kill -9`, as the system has it by then, and would not outlive a power
/// cut.
public final class PostgreSQL: Sendable {
    /// The server that this program's clusters share, each with a database of its own. It is started when it is first
    /// asked for.
    public static var shared: PostgreSQL {
        get async throws { try await theShared.value }
    }

    /// A task, since whoever asks first starts it, and all wait for the same start.
    private static let theShared = Task { try await start() }

    /// Where its files are.
    public let folder: String
    /// Where it listens.
    public let port: Int
    /// The address at which it listens.
    public let address: String

    private let binaries: String
    private let arguments: [String]
    private let host: Network.Host?
    private let reaper: Reaper
    private let process = Mutex<ChildProcess?>(nil)

    /// Makes and starts a server.
    ///
    /// - Parameters:
    ///   - arguments: for `postgres`, after the harness's own.
    ///   - host: where it runs; nil is this machine.
    /// - Throws: ``HarnessError`` if there is no PostgreSQL here, or it does not start.
    public static func start(_ arguments: [String] = [], on host: Network.Host? = nil) async throws -> PostgreSQL {
        let server = try PostgreSQL(arguments, host)
        try await server.initialize()
        try await server.start()
        return server
    }

    private init(_ arguments: [String], _ host: Network.Host?) throws {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let newest = versions.compactMap(Int.init).max() else {
            throw HarnessError.misuse("there is no PostgreSQL: install Debian's package 'postgresql'")
        }
        binaries = "/usr/lib/postgresql/\(newest)/bin"
        folder = try Surroundings.makeTemporaryFolder()
        reaper = try Reaper(removing: folder)
        port = host == nil ? try Ports.free() : 5432
        address = host?.address ?? "127.0.0.1"
        self.host = host
        self.arguments = arguments
        if let user = Self.user { chown(folder, user.pw_uid, user.pw_gid) }
    }

    /// As whom it runs: PostgreSQL refuses to be root.
    private static var user: passwd? { geteuid() == 0 ? getpwnam("postgres")?.pointee : nil }

    private func command(_ name: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
        var command = (executable: "\(binaries)/\(name)", arguments: arguments)
        if let user = Self.user {
            let identity = ["--reuid=\(user.pw_uid)", "--regid=\(user.pw_gid)", "--clear-groups"]
            command = ("/usr/bin/setpriv", identity + [command.executable] + arguments)
        }
        // From outside to inside: only root may go to another host.
        return host?.command(command.executable, command.arguments) ?? command
    }

    private func initialize() async throws {
        let command = self.command(
            "initdb",
            [
                "--pgdata", data, "--username", "sso", "--auth", "trust", "--encoding", "UTF8", "--no-locale",
                "--no-sync",
            ])
        let result = try await run(command.executable, command.arguments, workingDirectory: "/")
        guard result.status == 0 else {
            throw HarnessError.commandFailed(
                command: "initdb", status: result.status, standardError: result.standardError)
        }
        guard host != nil else { return }
        let access = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(data)/pg_hba.conf"))
        try access.seekToEnd()
        try access.write(contentsOf: Data("host all all samenet trust\n".utf8))
        try access.close()
    }

    private var data: String { "\(folder)/data" }

    /// Starts it, again if it was stopped, and waits until it takes connections.
    ///
    /// - Throws: ``HarnessError``.
    public func start() async throws {
        let settings = [
            "listen_addresses=\(address)", "unix_socket_directories=", "max_connections=1000", "shared_buffers=64MB",
            "fsync=off", "full_page_writes=off", "max_wal_size=256MB",
            // A file of this kind goes with the folder, should the server be killed.
            "dynamic_shared_memory_type=mmap", "logging_collector=off",
        ]
        let command = self.command(
            "postgres", ["-D", data, "-p", "\(port)"] + settings.flatMap { ["-c", $0] } + arguments)
        let log = Foundation.open("\(folder)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { Foundation.close(log) }
        let child = try ChildProcess(
            .init(
                executable: command.executable, arguments: command.arguments,
                environment: Surroundings.environment(adding: [:]), standardOutput: log, standardError: log,
                workingDirectory: "/"),
            watchedBy: reaper)
        process.withLock { $0 = child }
        try await waitUntil("PostgreSQL takes connections", timeout: .seconds(30)) {
            if child.status != nil {
                let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
                throw HarnessError.misuse("PostgreSQL has ended: \(log.suffix(1000))")
            }
            return try await run("\(binaries)/pg_isready", ["-q", "-h", address, "-p", "\(port)"]).status == 0
        }
    }

    /// The id of its first process, whose children do the work; nil while it does not run.
    public var processID: pid_t? { process.withLock { $0?.processID } }

    /// How it is stopped.
    public enum Stop: Sendable {
        /// In order, and at once: who is connected is cut off.
        case fast
        /// By `kill -9`.
        case killed
    }

    /// Stops it. What was committed is there when it is started again.
    public func stop(_ how: Stop = .fast) async {
        guard let child = process.withLock({ $0.take() }) else { return }
        switch how {
        case .fast:
            child.signal(SIGINT)
            _ = await child.waitForExit(timeout: .seconds(20))
        case .killed: break
        }
        _ = await child.killAndWait()
    }

    // MARK: Databases

    /// The URL of a database of this server.
    public func url(_ database: String) -> String { "postgresql://sso@\(address):\(port)/\(database)" }

    /// Makes an empty database.
    ///
    /// - Returns: its URL.
    public func makeDatabase() async throws -> String {
        let name = "sso_\(UUID().uuidString.lowercased().prefix(13).replacing("-", with: "_"))"
        try await query("CREATE DATABASE \(name)", at: url("postgres"))
        return url(name)
    }

    /// Removes a database, whoever is connected to it.
    public func dropDatabase(_ url: String) async throws {
        let name = url.split(separator: "/").last ?? ""
        try await query("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", at: self.url("postgres"))
    }

    /// Cuts off whoever is connected to a database, and lets nobody in.
    func close(_ url: String) async throws {
        let name = url.split(separator: "/").last ?? ""
        try await query("ALTER DATABASE \(name) WITH ALLOW_CONNECTIONS false", at: self.url("postgres"))
        try await query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'",
            at: self.url("postgres"))
    }

    /// Lets everybody in again.
    func open(_ url: String) async throws {
        let name = url.split(separator: "/").last ?? ""
        try await query("ALTER DATABASE \(name) WITH ALLOW_CONNECTIONS true", at: self.url("postgres"))
    }

    /// Runs SQL in a database, with `psql`.
    ///
    /// - Returns: the rows of values, null as nothing.
    @discardableResult
    public func query(_ sql: String, at url: String) async throws -> [[String]] {
        let result = try await run("\(binaries)/psql", Self.psql + ["--command", sql, url])
        guard result.status == 0 else {
            throw HarnessError.commandFailed(command: sql, status: result.status, standardError: result.standardError)
        }
        return result.standardOutput.split(separator: "\n").map {
            $0.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// All that is in a database, as SQL.
    public func dump(_ url: String) async throws -> String {
        let result = try await run("\(binaries)/pg_dump", [url])
        guard result.status == 0 else {
            throw HarnessError.commandFailed(
                command: "pg_dump", status: result.status, standardError: result.standardError)
        }
        return result.standardOutput
    }

    private static let psql = [
        "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator", "\u{1F}", "--set",
        "ON_ERROR_STOP=1",
    ]

    /// Begins a transaction with a statement, such as one that locks something, and keeps it open.
    public func hold(_ statement: String, at url: String) async throws -> Holder {
        let name = "holder \(UUID().uuidString)"
        let process = try ChildProcess(
            .init(
                executable: "\(binaries)/psql",
                arguments: Self.psql + ["--command", "BEGIN; \(statement); SELECT pg_sleep(600)", url],
                environment: Surroundings.environment(adding: ["PGAPPNAME": name])), watchedBy: reaper)
        let holder = Holder(server: self, url: url, name: name, process: process)
        try await waitUntil("somebody holds what '\(statement)' takes") {
            try await query(
                "SELECT wait_event FROM pg_stat_activity WHERE application_name = '\(name)'", at: url) == [["PgSleep"]]
        }
        return holder
    }

    /// How many statements in a database wait for locks.
    public func waiting(at url: String) async throws -> Int {
        let rows = try await query(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """, at: url)
        return rows.first?.first.flatMap { Int($0) } ?? 0
    }

    /// Who holds something in an open transaction.
    public struct Holder: Sendable {
        fileprivate let server: PostgreSQL
        fileprivate let url: String
        fileprivate let name: String
        fileprivate let process: ChildProcess

        /// Lets go of it; nothing is changed.
        public func release() async throws {
            // The server would go on sleeping without the client.
            try await server.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)'", at: url)
            _ = await process.killAndWait()
        }
    }
}
