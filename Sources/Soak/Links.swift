import Harness

/// The servers' ways to their database, each of which can be cut: the revocation feed's with it.
protocol Links: Sendable {
    /// Cuts a server off from the database. Visitors still reach it.
    func cut(_ server: ServerProcess) async throws
    /// Lets it reach the database again; when this returns, it can.
    func heal(_ server: ServerProcess) async throws
}

/// Each server is a role of the database, which ends its connections and lets it make no others: a cut that is told. It
/// takes no rights on this machine.
struct RoleLinks: Links {
    let postgreSQL: PostgreSQL
    let database: String

    /// Makes a server's role.
    ///
    /// - Returns: the URL for that server.
    func makeRole(_ name: String) async throws -> String {
        try await postgreSQL.query("CREATE ROLE \(name) SUPERUSER LOGIN", at: database)
        return database.replacing("//sso@", with: "//\(name)@")
    }

    func cut(_ server: ServerProcess) async throws {
        try await postgreSQL.query("ALTER ROLE \(server.name) NOLOGIN", at: database)
        try await waitUntil("\(server.name) has no connection to the database", timeout: .seconds(30)) {
            // Again, as one that was let in just before may only come now.
            let ended = try await postgreSQL.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '\(server.name)'",
                at: database)
            return ended.isEmpty
        }
    }

    func heal(_ server: ServerProcess) async throws {
        try await postgreSQL.query("ALTER ROLE \(server.name) LOGIN", at: database)
    }
}

/// Each server is a host of its own, and the switch lets nothing through any more between it and the database's: a cut of
/// which nobody is told.
struct NetworkLinks: Links {
    let cluster: ReplicaCluster

    func cut(_ server: ServerProcess) async throws { try await cluster.cutFromDatabase(server) }

    func heal(_ server: ServerProcess) async throws {
        try await cluster.network.heal(try cluster.host(of: server), cluster.databaseHost)
    }
}
