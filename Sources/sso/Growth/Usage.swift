import Foundation
import Harness

/// What servers and their database have taken, since they began or between two moments.
struct Usage {
    /// Seconds of processors, all servers together.
    var servers = 0.0
    /// Seconds of processors that PostgreSQL took, with all its processes.
    var database = 0.0
    /// Statements that PostgreSQL ran, whoever sent them.
    var statements = 0.0

    static func - (left: Usage, right: Usage) -> Usage {
        Usage(
            servers: left.servers - right.servers, database: left.database - right.database,
            statements: left.statements - right.statements)
    }

    static func * (left: Usage, factor: Double) -> Usage {
        Usage(
            servers: left.servers * factor, database: left.database * factor, statements: left.statements * factor)
    }
}

/// Where what some servers and a PostgreSQL take can be read.
struct UsageMeter {
    let replicas: Replicas
    let postgres: PostgreSQL
    let database: String

    /// What PostgreSQL needs to count statements, a module of Debian's package, and not to clean up by the clock: that would
    /// be told of whatever is measured just then.
    static let arguments = ["-c", "shared_preload_libraries=pg_stat_statements", "-c", "autovacuum=off"]

    static func prepare(_ postgres: PostgreSQL) async throws {
        try await postgres.query("CREATE EXTENSION pg_stat_statements", at: postgres.url("postgres"))
    }

    /// What something takes.
    ///
    /// The count of statements is asked for outside, so that the question's own cost is not in it.
    func usage<Value>(of work: () async throws -> Value) async throws -> (value: Value, usage: Usage) {
        let statementsBefore = try await statements()
        // The process that answered that is on its way out, and would be seen in part.
        try await Task.sleep(for: .milliseconds(200))
        let before = try processors()
        let value = try await work()
        var usage = try processors() - before
        usage.statements = try await statements() - statementsBefore
        return (value, usage)
    }

    private func processors() throws -> Usage {
        let servers = try replicas.servers.map { try ProcessorTime.of($0.processID ?? 0) }
        return Usage(servers: servers.reduce(0, +), database: try ProcessorTime.ofFamily(postgres.processID ?? 0))
    }

    private func statements() async throws -> Double {
        let name = database.split(separator: "/").last ?? ""
        let rows = try await postgres.query(
            """
            SELECT coalesce(sum(calls), 0) FROM pg_stat_statements JOIN pg_database ON oid = dbid
            WHERE datname = '\(name)'
            """, at: postgres.url("postgres"))
        return rows.first?.first.flatMap { Double($0) } ?? 0
    }
}
