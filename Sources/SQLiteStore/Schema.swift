import GRDB
import Identity

/// The tables, in versions. `PRAGMA user_version` in the file says which one it has.
enum Schema {
    /// The SQL that leads from each version to the next. Never changed once it was released; only added to.
    private static let steps = [
        PackageResources.v1_users_sessions_holdings_sql,
        PackageResources.v2_rotation_audit_sql,
        PackageResources.v3_mails_sql,
        PackageResources.v4_attempts_sql,
        PackageResources.v5_revocations_sql,
    ]

    /// Brings a file to the newest version, in one transaction that shuts other writers out: when several processes
    /// start on an empty file, one makes the tables and the others find them.
    static func migrate(_ database: Database) throws {
        try database.inTransaction(.immediate) {
            let version = try version(of: database)
            for (index, sql) in steps.enumerated().dropFirst(version) {
                try database.execute(sql: String(decoding: sql, as: UTF8.self))
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
            }
            return .commit
        }
    }

    private static func version(of database: Database) throws -> Int {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= steps.count else {
            throw StoreError.failed("the database file was made by a newer version of this program")
        }
        return version
    }
}
