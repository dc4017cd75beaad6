public import ArgumentParser
import Foundation
public import Holdings
import Identity
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import UnixSignals

/// A server's executable: its flags, its start and its end.
public protocol ServerCommand: AsyncParsableCommand {
    /// The server that it runs.
    static var server: Server { get }
    /// Its flags.
    var options: ServerOptions { get }
    /// Opens the database that `--database` names, with at most so many connections where it has them.
    ///
    /// - Throws: an error whose description says what is wrong, in lower case.
    static func open(database: String, connections: Int) throws -> any ClusterStore
}

extension ServerCommand {
    /// What `--help` and `--version` say.
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: server.name,
            abstract: "\(server.title): one of two servers that accept each other's tokens.",
            discussion: "A flag wins over its variable, a variable over the default.",
            version: "0.1.0")
    }

    /// Runs the server until SIGTERM or SIGINT. Exits 0 then, 64 for a bad flag and 78 for a bad configuration.
    public static func main() async {
        do {
            let command = try parseAsRoot()
            guard let command = command as? Self else { throw CleanExit.helpRequest(self) }
            try await command.start()
        } catch let error as StartupError {
            fail(error)
        } catch  where exitCode(for: error) == .validationFailure {
            // ArgumentParser's own message, in this program's form.
            let cause = message(for: error).prefix { $0 != "\n" }
            fail(
                StartupError(
                    code: .usage, cause: cause.prefix(1).lowercased() + cause.dropFirst(),
                    hint: "see '\(server.name) --help'"))
        } catch {
            exit(withError: error)
        }
    }

    private static func fail(_ error: StartupError) -> Never {
        try? FileHandle.standardError.write(
            contentsOf: Data("\(server.name): \(error.cause)\nhint: \(error.hint)\n".utf8))
        Foundation.exit(error.code.rawValue)
    }

    private func start() async throws {
        // What this process makes is its owner's alone: the database holds password hashes.
        umask(0o077)
        // A peer that has gone is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // One event loop more than processors: while one waits for its turn or for the kernel, no processor has to.
        NIOSingletons.groupLoopCountSuggestion = Processors.count + 1
        let server = Self.server
        let settings = try Settings(server, options, environment: ProcessInfo.processInfo.environment)
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let log = LogWriter(to: STDERR_FILENO) { LogLines.notice(settings.logFormat, server.name, lost: $0) }
        // Before whatever main says of an error, and before the end.
        defer { log.flush() }
        LoggingSystem.bootstrap { label in
            LogLines(label: label, format: settings.logFormat, writer: log, logLevel: settings.logLevel)
        }
        let logger = Logger(label: server.name)

        let keyFile = KeyFile(path: settings.keys)
        let (keys, version) = try keyFile.read()
        let transport = try settings.mail.transport()
        let store = try Self.openStore(settings.database, connections: settings.databasePool)
        if settings.scrypt.isLower(than: .recommended) {
            logger.warning(
                "new password hashes are cheaper than recommended: for tests only",
                metadata: ["scrypt": "\(settings.scrypt)", "recommended": "\(ScryptCost.recommended)"])
        }
        let hasher = PasswordHasher(
            cost: settings.scrypt, threadCount: max(1, Processors.count - 1),
            keepsRoomForOthers: settings.bounds.keepsRoomForOthers)
        let authority = TokenAuthority(keys: keys, terms: .init(server, settings)) {
            Int(Date().timeIntervalSince1970.rounded(.down))
        }
        let site = Site(own: settings.publicURL, peer: settings.peerURL)
        let reset = PasswordReset(authority: authority, store: store, hasher: hasher)
        let gate = AttemptGate(store: store, limits: settings.attempts) {
            Int((Date().timeIntervalSince1970 * 1000).rounded(.down))
        }
        let resetRequests = ResetRequests(
            reset: reset, gate: gate, keepsRoomForOthers: settings.bounds.keepsRoomForOthers, logger: logger)
        let mails = MailQueue(
            store: store, reset: reset, gate: gate, transport: transport,
            letters: Letters(site: site, sender: settings.mail.sender), clock: { authority.now },
            logger: logger)
        let health = KeyFileHealth()
        var revocations: RevocationWatch?
        if settings.auth == .tokens, settings.revocations.isOn {
            // As long as an access token may live, by a clock that is a little behind.
            let feed = try Self.feed(of: store, life: authority.terms.accessLife + 120, settings)
            revocations = await RevocationWatch.start(feed, settings.revocations, authority, logger)
        }
        let drain = Drain(seconds: settings.drain)
        let application = try buildApplication(
            ApplicationParts(
                server: server, settings: settings,
                signOn: SignOn(authority: authority, store: store, hasher: hasher),
                reset: reset, resetRequests: resetRequests, site: site, store: store, gate: gate, keyFile: health,
                revocations: revocations, metrics: metrics, logger: logger, drain: drain)
        ) { line in try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8)) }
        let watch = KeyFileWatch(
            file: keyFile, firstVersion: version, authority: authority, health: health, record: store,
            server: server.name, logger: logger)
        var services: [any Service] = [watch, DescriptorWatch(logger: logger), mails, resetRequests]
        if let revocations { services.append(revocations) }
        services += [application, drain]
        try await run(services, settings, logger)
        await hasher.shutdown()
        await store.close()
    }

    private func run(_ services: [any Service], _ settings: Settings, _ logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Requests in flight are answered; a client that never ends its request does not hold the server up for ever.
        configuration.maximumGracefulShutdownDuration = .seconds(settings.drain + 10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            logger.warning("stopped with requests that had not ended")
        } catch let error as IOError {
            throw StartupError.configuration(
                "cannot listen on \(settings.host):\(settings.port): "
                    + String(cString: strerror(error.errnoCode)).lowercased(),
                hint: "choose another address with --host and --port; 0 takes a free port")
        } catch {
            throw StartupError(code: .software, cause: "stopped by a fault: \(error)", hint: "start it again")
        }
    }

    private static func feed(
        of store: any ClusterStore, life: Int, _ settings: Settings
    ) throws(StartupError) -> (any RevocationFeed)? {
        do {
            return try store.revocationFeed(life: life)
        } catch {
            throw .configuration(
                "the database \(DatabaseName(settings.database)) cannot be opened once more: \(error)",
                hint: "see that this user can read and write it, and open so many files")
        }
    }

    private static func openStore(_ url: String, connections: Int) throws(StartupError) -> any ClusterStore {
        do {
            return try open(database: url, connections: connections)
        } catch {
            throw .configuration(
                "the database \(DatabaseName(url)) cannot be opened: \(error)",
                hint: url.hasPrefix("postgres")
                    ? "see whether PostgreSQL is there and lets this user in: psql with the same URL tells more"
                    : "name an SQLite file in a folder that this user can write, as --database sqlite:PATH")
        }
    }
}

extension TokenAuthority.Terms {
    fileprivate init(_ server: Server, _ settings: Settings) {
        self.init(
            issuer: server.name, issuers: [server.name, server.peer.name], audience: settings.audience,
            accessLife: settings.accessTTL, refreshLife: settings.refreshTTL,
            sessionLife: settings.refresh.sessionLife, refreshRule: settings.refresh.rule, leeway: settings.leeway)
    }
}
