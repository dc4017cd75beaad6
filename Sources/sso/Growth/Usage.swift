import Foundation
import Harness

/// What servers and their database have taken, since they began or between two moments.
struct Usage {
    /// Seconds of processors, all servers together.
    var servers: Double
    /// Seconds of processors that PostgreSQL took, with all its processes.
    var database: Double
    /// Statements that PostgreSQL ran, whoever sent them.
    var statements: Double
    /// Those of them that write.
    var writes: Double

    static func - (left: Usage, right: Usage) -> Usage { left.with(right, -) }
    static func * (left: Usage, right: Usage) -> Usage { left.with(right, *) }
    static func / (left: Usage, right: Usage) -> Usage { left.with(right, /) }
    static func / (left: Usage, number: Double) -> Usage { left.with(Usage(number, number), /) }

    /// The same for both kinds of processor time, and for both counts.
    init(_ processors: Double, _ counts: Double) {
        (servers, database, statements, writes) = (processors, processors, counts, counts)
    }

    private func with(_ other: Usage, _ operation: (Double, Double) -> Double) -> Usage {
        var result = Usage(0, 0)
        result.servers = operation(servers, other.servers)
        result.database = operation(database, other.database)
        result.statements = operation(statements, other.statements)
        result.writes = operation(writes, other.writes)
        return result
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

    /// What something takes, and in how many seconds.
    ///
    /// Statements are counted over a little longer than processors, so that the question's own cost is not in it.
    func usage<Value>(of work: () async throws -> Value) async throws -> (value: Value, usage: Usage, seconds: Usage) {
        let clock = ContinuousClock()
        let countsFrom = clock.now
        let counts = try await statements()
        // The process that answered that is on its way out, and would be seen in part.
        try await Task.sleep(for: .milliseconds(200))
        let processorsFrom = clock.now
        let before = try processors()
        let value = try await work()
        var usage = try processors() - before
        let processorSeconds = (clock.now - processorsFrom) / .seconds(1)
        let after = try await statements() - counts
        (usage.statements, usage.writes) = (after.statements, after.writes)
        return (value, usage, Usage(processorSeconds, (clock.now - countsFrom) / .seconds(1)))
    }

    private func processors() throws -> Usage {
        let servers = try replicas.servers.map { try ProcessorTime.of($0.processID ?? 0) }
        var usage = Usage(0, 0)
        usage.servers = servers.reduce(0, +)
        usage.database = try ProcessorTime.ofFamily(postgres.processID ?? 0)
        return usage
    }

    private func statements() async throws -> Usage {
        let name = database.split(separator: "/").last ?? ""
        let rows = try await postgres.query(
            """
            SELECT coalesce(sum(calls), 0),
                coalesce(sum(calls) FILTER (WHERE query ~ '^(WITH|INSERT|UPDATE|DELETE)'), 0)
            FROM pg_stat_statements JOIN pg_database ON oid = dbid WHERE datname = '\(name)'
            """, at: postgres.url("postgres"))
        let counts = (rows.first ?? []).compactMap { Double($0) }
        guard counts.count == 2 else {
            throw Failure("PostgreSQL does not count statements", hint: "see pg_stat_statements")
        }
        var usage = Usage(0, 0)
        (usage.statements, usage.writes) = (counts[0], counts[1])
        return usage
    }
}
