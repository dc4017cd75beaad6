public import ArgumentParser

/// The flags that say how a server uses its database.
public struct DatabaseOptions: ParsableArguments {
    @Option(
        help: "Connections to PostgreSQL that this server makes at most (SSO_DATABASE_POOL; default 4)."
    )
    var databasePool: String?

    /// No flags given.
    public init() {}
}

extension Settings {
    /// How many connections a server makes, if nothing is said.
    static let defaultDatabasePool = 4
}
