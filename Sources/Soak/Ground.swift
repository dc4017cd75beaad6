public import Harness

/// What rounds are carried out on: two servers, their database, and what may happen to it.
public struct Ground: Sendable {
    /// What kind of ground it is.
    public enum Kind: Sendable {
        /// A cluster with a SQLite file, which nothing happens to.
        case sqlite
        /// A cluster with a PostgreSQL of its own, which waits for the disk, may be killed, and may refuse a server.
        case postgresql
        /// The same on hosts of their own, where a server's way to the database can be cut without a word. It takes root.
        case network
    }

    /// The bank and the retirement server.
    public let servers: [ServerProcess]
    /// The database, for those who look at it from outside.
    let database: String
    /// Its server, where that may be killed.
    let postgreSQL: PostgreSQL?
    /// How a server is cut off from it.
    let links: (any Links)?

    /// Whether a server may lose its database: then nobody knows what was done of that for which it answered 503.
    var mayLoseDatabase: Bool { postgreSQL != nil }

    /// Makes the ground, runs the body, and removes it whatever happened.
    ///
    /// - Parameter arguments: for both servers.
    /// - Throws: `HarnessError` if it cannot be made, and what the body throws.
    public static func with<Value>(
        _ kind: Kind, arguments: [String], _ body: (Ground) async throws -> Value
    ) async throws -> Value {
        var options = Cluster.Options()
        options.arguments = arguments
        switch kind {
        case .sqlite:
            return try await Cluster.with(options) { cluster in
                try await body(
                    Ground(servers: cluster.servers, database: cluster.database, postgreSQL: nil, links: nil))
            }
        case .postgresql:
            let postgreSQL = try await PostgreSQL.start(PostgreSQL.durable)
            do {
                let value = try await with(postgreSQL, &options, body)
                await postgreSQL.stop()
                return value
            } catch {
                await postgreSQL.stop()
                throw error
            }
        case .network: return try await onNetwork(arguments, body)
        }
    }

    private static func onNetwork<Value>(
        _ arguments: [String], _ body: (Ground) async throws -> Value
    ) async throws -> Value {
        var options = ReplicaCluster.Options()
        options.replicas = 1
        options.arguments = arguments
        options.databaseArguments = PostgreSQL.durable
        return try await ReplicaCluster.with(options) { cluster in
            try await body(
                Ground(
                    servers: cluster.servers, database: cluster.databaseURL, postgreSQL: cluster.database,
                    links: NetworkLinks(cluster: cluster)))
        }
    }

    private static func with<Value>(
        _ postgreSQL: PostgreSQL, _ options: inout Cluster.Options, _ body: (Ground) async throws -> Value
    ) async throws -> Value {
        let database = try await postgreSQL.makeDatabase()
        let links = RoleLinks(postgreSQL: postgreSQL, database: database)
        options.database = database
        options.bankArguments = ["--database", try await links.makeRole("bank")]
        options.retirementArguments = ["--database", try await links.makeRole("retirement")]
        return try await Cluster.with(options) { cluster in
            try await body(
                Ground(servers: cluster.servers, database: database, postgreSQL: postgreSQL, links: links))
        }
    }
}
