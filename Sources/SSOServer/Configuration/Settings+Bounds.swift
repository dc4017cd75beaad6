public import ArgumentParser

/// The flags that say how much a server takes.
public struct BoundOptions: ParsableArguments {
    @Option(
        help:
            "Open connections in all; new ones wait beyond it (SSO_MAX_CONNECTIONS; default 4096, or what the limit on open files leaves)."
    )
    var maxConnections: String?

    @Option(
        help:
            "Open connections from one address; new ones are closed beyond it. Trusted proxies are not bound by it (SSO_MAX_CONNECTIONS_PER_ADDRESS; default a quarter of all)."
    )
    var maxConnectionsPerAddress: String?

    @Option(
        help:
            "Seconds that a request's head may take, its body as long again, and an answer that the client does not read (SSO_REQUEST_TIMEOUT; default 10)."
    )
    var requestTimeout: String?

    @Option(help: "Seconds that a connection may wait for its next request (SSO_IDLE_TIMEOUT; default 60).")
    var idleTimeout: String?

    /// No flags given.
    public init() {}
}

extension Bounds {
    /// What the settings say.
    ///
    /// - Throws: ``StartupError``.
    init(_ options: BoundOptions, _ setting: (_ flag: String, _ value: String?) -> Setting) throws(StartupError) {
        connections = try setting("max-connections", options.maxConnections)
            .number(in: 1...1_000_000, default: Self.openConnections)
        connectionsPerPlace = try setting("max-connections-per-address", options.maxConnectionsPerAddress)
            .number(in: 1...1_000_000, default: max(1, connections / 4))
        requestSeconds = try setting("request-timeout", options.requestTimeout).number(in: 1...3600, default: 10)
        idleSeconds = try setting("idle-timeout", options.idleTimeout).number(in: 1...86_400, default: 60)
    }
}
