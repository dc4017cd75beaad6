import Identity

/// The tables, in versions. The table `schema_version` has a row for each step that was taken.
enum Schema {
    /// The SQL that leads from each version to the next. Never changed once it was released; only added to.
    private static let steps = [
        PackageResources.v1_everything_sql
    ]

    /// The number of the lock that keeps servers from making the tables at once: any that nobody else takes.
    private static let lock = 7_766_701

    /// Brings a database to the newest version, in one transaction that shuts others out who want to do the same: when
    /// several servers start on an empty database, one makes the tables and the others find them.
    static func migrate(_ connection: PostgresConnection) throws {
        _ = try connection.transaction { connection -> Bool? in
            _ = try connection.run("SELECT pg_advisory_xact_lock($1)", [.integer(lock)])
            let version = try version(connection)
            guard version <= steps.count else {
                throw StoreError.failed("the database was made by a newer version of this program")
            }
            // A role that may not make tables finds them made.
            guard version < steps.count else { return nil }
            try connection.command("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)")
            for (index, sql) in steps.enumerated().dropFirst(version) {
                try connection.command(String(decoding: sql, as: UTF8.self))
                _ = try connection.run("INSERT INTO schema_version (version) VALUES ($1)", [.integer(index + 1)])
            }
            return true
        }
    }

    private static func version(_ connection: PostgresConnection) throws -> Int {
        let table = try connection.run(
            """
            SELECT 1 FROM information_schema.tables
            WHERE table_schema = current_schema() AND table_name = 'schema_version'
            """, [])
        guard table.first != nil else { return 0 }
        return try connection.run("SELECT max(version) AS version FROM schema_version", []).first?
            .integerIfAny("version") ?? 0
    }
}
