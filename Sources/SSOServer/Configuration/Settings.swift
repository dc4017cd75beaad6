import Identity
import Logging

/// How a server runs: each setting from its flag, else its variable, else its default.
struct Settings: Sendable {
    enum LogFormat: String, CaseIterable { case text, json }

    let host: String
    let port: Int
    let keys: String
    let database: String
    /// How many connections to PostgreSQL it makes at most.
    let databasePool: Int
    let accessTTL: Int
    let refreshTTL: Int
    let refresh: Refresh
    let audience: String
    /// By how many seconds another server's clock may be ahead.
    let leeway: Int
    /// How browsers reach this server; nil until its port is known, if it takes a free one.
    let publicURL: Origin?
    /// Whether that URL was given, rather than worked out from address and port.
    let isPublicURLGiven: Bool
    let peerURL: Origin
    let cookies: CookieSettings
    let scrypt: ScryptCost
    let serverTiming: Bool
    let logLevel: Logger.Level
    let logFormat: LogFormat
    /// Whether there are pages that show how sign-in is broken.
    let lab: Bool
    let auth: Auth
    let mail: Mail
    /// How often passwords may be tried; nil if without limits.
    let attempts: AttemptLimits?
    let bounds: Bounds
    /// How many seconds a server that was told to stop still serves.
    let drain: Int
    /// Who may say in headers where a request came from.
    let proxies: TrustedProxies
    let revocations: Revocations

    /// Works out the settings.
    ///
    /// - Throws: ``StartupError`` that names the first wrong flag (exit 64) or variable (exit 78).
    init(_ server: Server, _ options: ServerOptions, environment: [String: String]) throws(StartupError) {
        func setting(_ flag: String, _ value: String?) -> Setting {
            Setting(server: server.name, flag: flag, value: value, environment: environment)
        }
        let host = try setting("host", options.host).text(default: "127.0.0.1")
        let port = try setting("port", options.port).number(in: 0...65_535, default: server.port)
        self.host = host
        self.port = port
        keys = try setting("keys", options.keys).required(
            cause: "no key file was named",
            hint: "make one with 'sso keys new --keys keys.json' and give it to both servers as --keys or SSO_KEYS")
        database = try setting("database", options.database).text(default: "sqlite:.data/sso.sqlite")
        databasePool = try setting("database-pool", options.databaseUse.databasePool)
            .number(in: 1...1000, default: Self.defaultDatabasePool)
        accessTTL = try setting("access-ttl", options.accessTTL).number(in: 1...86_400, default: 900)
        refreshTTL = try setting("refresh-ttl", options.refreshTTL).number(in: 1...31_536_000, default: 604_800)
        refresh = try Refresh(options.refresh, setting)
        audience = try setting("audience", options.audience).text(default: "sso")

        leeway = try setting("leeway", options.clock.leeway).leeway()

        let reachable = port == 0 ? nil : Origin.listening(host: host, port: port)
        let given = try setting("public-url", options.publicURL).origin(default: nil)
        publicURL = given ?? reachable
        isPublicURLGiven = given != nil
        peerURL =
            try setting("peer-url", options.peerURL).origin(default: nil)
            ?? Origin(scheme: "http", host: "127.0.0.1", port: server.peer.port)

        let secure = try setting("cookie-secure", options.cookieSecure)
            .choice(of: ["auto", "always", "never"], default: "auto")
        cookies = CookieSettings(
            domain: try setting("cookie-domain", options.cookieDomain).cookieDomain(for: publicURL),
            isSecure: secure == "always" || secure == "auto" && publicURL?.isSecure == true,
            accessLife: accessTTL, refreshLife: refreshTTL)

        scrypt = try setting("scrypt", options.scrypt).scrypt(default: .recommended)
        serverTiming =
            try setting("server-timing", options.serverTiming).choice(of: ["on", "off"], default: "on") == "on"
        let levels = Logger.Level.allCases
        let level = try setting("log-level", options.logLevel).choice(of: levels.map(\.rawValue), default: "info")
        logLevel = Logger.Level(rawValue: level) ?? .info
        let formats = LogFormat.allCases
        let format = try setting("log-format", options.logFormat).choice(of: formats.map(\.rawValue), default: "text")
        logFormat = LogFormat(rawValue: format) ?? .text

        mail = try Mail(options.mail, setting)
        attempts = try AttemptLimits(options.attempts, setting)
        bounds = try Bounds(options.bounds, setting)
        drain = try options.drain.seconds(setting)
        proxies = try TrustedProxies(options.proxies, setting)
        revocations = try Revocations(options.revocations, setting)
        auth = try Auth(setting("auth", options.auth), setting("session-store", options.sessionStore))
        lab = try setting("lab", options.lab ? "on" : nil).choice(of: ["on", "off"], default: "off") == "on"
        guard !lab || Self.isLoopback(host) else {
            throw .configuration(
                "a server with --lab listens on loopback only, and \(host) is more",
                hint: "leave --host out, or take 127.0.0.1, ::1 or localhost; or run it without --lab")
        }
        guard !lab || auth == .tokens else {
            throw .configuration(
                "a server with --auth sessions has no lab: its experiments are on tokens",
                hint: "leave out --lab or --auth sessions")
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { (decimal($0) ?? 256) < 256 }
    }
}

extension Origin {
    /// Where a server that listens on `host` can be reached from its own machine.
    static func listening(host: String, port: Int) -> Origin {
        let reachable = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host.lowercased()
        return Origin(scheme: "http", host: reachable.contains(":") ? "[\(reachable)]" : reachable, port: port)
    }
}
