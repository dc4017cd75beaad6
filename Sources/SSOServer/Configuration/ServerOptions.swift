public import ArgumentParser

/// The flags that both servers take. Each is text here; ``Settings`` says what is valid.
public struct ServerOptions: ParsableArguments {
    @Option(help: "Address to listen on (SSO_HOST; default 127.0.0.1).")
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one (SSO_PORT; default 8081 for bank, 8082 for retirement).")
    var port: String?

    @Option(help: "The shared secret: a JWK Set file that only its owner can read (SSO_KEYS; required).")
    var keys: String?

    @Option(
        help:
            "The cluster's database, sqlite:PATH or postgresql://USER@HOST/NAME (SSO_DATABASE; default sqlite:.data/sso.sqlite)."
    )
    var database: String?

    @Option(name: .customLong("access-ttl"), help: "Seconds an access token lives (SSO_ACCESS_TTL; default 900).")
    var accessTTL: String?

    @Option(name: .customLong("refresh-ttl"), help: "Seconds a refresh token lives (SSO_REFRESH_TTL; default 604800).")
    var refreshTTL: String?

    @OptionGroup var refresh: RefreshOptions

    @Option(help: "The cluster's name in 'aud' (SSO_AUDIENCE; default sso).")
    var audience: String?

    @Option(
        name: .customLong("public-url"),
        help: "How browsers reach this server (SSO_PUBLIC_URL; default http://HOST:PORT).")
    var publicURL: String?

    @Option(
        name: .customLong("peer-url"),
        help:
            "How browsers reach the other server (SSO_PEER_URL; default http://127.0.0.1:8082 for bank, http://127.0.0.1:8081 for retirement)."
    )
    var peerURL: String?

    @Option(help: "Parent domain that both servers share for cookies (SSO_COOKIE_DOMAIN; default none).")
    var cookieDomain: String?

    @Option(help: "Secure cookies: always, never, or auto by the public URL (SSO_COOKIE_SECURE; default auto).")
    var cookieSecure: String?

    @Option(help: "Cost of new password hashes: log2 N, r, p (SSO_SCRYPT; default 15,8,3).")
    var scrypt: String?

    @Option(help: "Tell the cost of each request in Server-Timing: on or off (SSO_SERVER_TIMING; default on).")
    var serverTiming: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical (SSO_LOG_LEVEL; default info).")
    var logLevel: String?

    @Option(help: "text or json (SSO_LOG_FORMAT; default text).")
    var logFormat: String?

    @Option(
        help:
            "How people are known: by tokens that each server checks by itself, or the traditional way by sessions that servers remember: tokens or sessions (SSO_AUTH; default tokens)."
    )
    var auth: String?

    @Option(
        help:
            "Where sessions are remembered: in the server's own memory, or in the database: local or shared (SSO_SESSION_STORE; default local)."
    )
    var sessionStore: String?

    @Flag(
        help:
            "Show how sign-in is broken: a lab of experiments on one's own session. On loopback only (SSO_LAB; default off)."
    )
    var lab = false

    @OptionGroup var drain: DrainOptions

    @OptionGroup var mail: MailOptions

    @OptionGroup var attempts: AttemptOptions

    @OptionGroup var bounds: BoundOptions

    @OptionGroup var proxies: ProxyOptions

    @OptionGroup var clock: ClockOptions

    @OptionGroup var revocations: RevocationOptions
    @OptionGroup var databaseUse: DatabaseOptions

    /// No flags given.
    public init() {}
}
