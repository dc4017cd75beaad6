import ArgumentParser
import Growth

struct GrowthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "What a deployment needs for so many users, and how late a revocation reaches a thousand servers.",
        subcommands: [EstimateCommand.self, GrowthFeedCommand.self, GrowthMeasureCommand.self],
        defaultSubcommand: EstimateCommand.self)
}

/// For all that does not depend on the number of users.
private let standard = Assumptions(users: 1)

struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Work out requests, renewals, sign-ins and revocations, and what they take, from stated assumptions.",
        discussion: "All per second are of the busiest hour. The output is a Markdown table.")

    @Option(help: "How many people are registered; may be given several times (default 1, 100 and 1000 million).")
    var users: [Double] = []
    @Option(help: "The share of them who come on a day.") var active = standard.active
    @Option(help: "Visits on that day of each who comes.") var visits = standard.visits
    @Option(help: "Minutes of a visit.") var minutes = standard.minutes
    @Option(help: "Requests in a minute of it.") var requests = standard.requestsPerMinute
    @Option(help: "Sign-ins with a password on a day, of each who comes.") var signIns = standard.signIns
    @Option(help: "Sign-outs and changes of password on a day, of each who comes.") var revocations = standard
        .revocations
    @Option(help: "By how much the busiest hour is above the mean.") var peak = standard.peak
    @Option(help: "Seconds that an access token lives.") var accessTtl = standard.accessMinutes * 60
    @Option(help: "Microseconds of processor time of a request.") var requestCost = standard.requestMicroseconds
    @Option(help: "Microseconds of processor time of a renewal.") var renewalCost = standard.renewalMicroseconds
    @Option(help: "Milliseconds of processor time of a sign-in.") var signInCost = standard.signInMilliseconds
    @Option(help: "Microseconds of the database's processor time of a renewal.") var renewalDatabaseCost = standard
        .renewalDatabaseMicroseconds
    @Option(help: "Microseconds of the database's processor time of a sign-in.") var signInDatabaseCost = standard
        .signInDatabaseMicroseconds
    @Option(help: "Microseconds of the database's processor time of a revocation.") var revocationDatabaseCost =
        standard
        .revocationDatabaseMicroseconds
    @Option(help: "The share of its processors that a server should use.") var busy = standard.busy
    @Option(help: "Processors of a server.") var processors = standard.processors
    @Option(help: "Writes that one database takes in a second.") var databaseWrites = standard.databaseWrites
    @Option(help: "Bytes of one revocation in a server's memory.") var entryBytes = standard.entryBytes

    func validate() throws {
        let positive =
            users + [
                active, visits, peak, accessTtl, requestCost, renewalCost, signInCost, busy, processors, databaseWrites,
            ]
        guard positive.allSatisfy({ $0 > 0 && $0 <= 1e12 }) else {
            throw ValidationError("an assumption needs a number over 0")
        }
        let notNegative = [
            minutes, requests, signIns, revocations, entryBytes, renewalDatabaseCost, signInDatabaseCost,
            revocationDatabaseCost,
        ]
        guard notNegative.allSatisfy({ $0 >= 0 && $0 <= 1e12 }) else {
            throw ValidationError("an assumption needs a number of 0 or more")
        }
    }

    func run() async throws {
        let users = users.isEmpty ? [1e6, 1e8, 1e9] : users
        print(table(users.map { ($0, Estimate(assumptions($0))) }))
    }

    private func assumptions(_ users: Double) -> Assumptions {
        var all = Assumptions(users: users)
        (all.active, all.visits, all.minutes, all.requestsPerMinute) = (active, visits, minutes, requests)
        (all.signIns, all.revocations, all.peak) = (signIns, revocations, peak)
        all.accessMinutes = accessTtl / 60
        (all.requestMicroseconds, all.renewalMicroseconds, all.signInMilliseconds) = (
            requestCost, renewalCost, signInCost
        )
        all.renewalDatabaseMicroseconds = renewalDatabaseCost
        all.signInDatabaseMicroseconds = signInDatabaseCost
        all.revocationDatabaseMicroseconds = revocationDatabaseCost
        (all.busy, all.processors, all.databaseWrites, all.entryBytes) = (busy, processors, databaseWrites, entryBytes)
        return all
    }

    private func table(_ columns: [(users: Double, estimate: Estimate)]) -> String {
        func row(_ name: String, _ value: (Estimate) -> String) -> String {
            "| \(name) | \(columns.map { value($0.estimate) }.joined(separator: " | ")) |"
        }
        func number(_ name: String, _ value: @escaping (Estimate) -> Double) -> String {
            row(name) { decimal(rounded(value($0))) }
        }
        return
            [
                "| users | \(columns.map { decimal($0.users) }.joined(separator: " | ")) |",
                "| --- |\(columns.map { _ in " ---: |" }.joined())",
                number("requests a second", \.requests),
                number("renewals a second", \.renewals),
                number("sign-ins a second", \.signIns),
                number("revocations a second", \.revocations),
                number("processors that check tokens", \.requestProcessors),
                number("processors that renew", \.renewalProcessors),
                number("processors that hash passwords", \.signInProcessors),
                number("servers of \(decimal(processors)) processors", \.servers),
                number("writes to the database a second", \.writes),
                number("processors of the databases", \.databaseProcessors),
                number("databases that share the users", \.shards),
                row("sessions in the database") { bytes($0.sessionBytes) },
                number("revocations in each server's memory", \.entries),
                row("memory for these") { bytes($0.entryBytes) },
                number("messages of the revocation feed a second", \.messages),
            ].joined(separator: "\n")
    }
}

/// With three digits: more would promise what no model knows.
private func rounded(_ value: Double) -> Double {
    guard value >= 1000 else { return value }
    var scale = 1.0
    while value / scale >= 1000 { scale *= 10 }
    return (value / scale).rounded() * scale
}

/// Bytes in the unit that suits them.
func bytes(_ count: Double) -> String {
    let units = ["B", "KB", "MB", "GB", "TB", "PB"]
    var (value, index) = (count, 0)
    while value >= 1000, index < units.count - 1 { (value, index) = (value / 1000, index + 1) }
    return "\(decimal(value)) \(units[index])"
}
