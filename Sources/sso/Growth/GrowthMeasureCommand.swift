import ArgumentParser
import Foundation
import Harness

struct GrowthMeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure what requests cost with one server, with two and so on, on this machine.",
        discussion: """
            It starts a PostgreSQL of its own (from Debian's package) and servers of one cluster, sends one kind of request \
            after the other at a steady pace, and tells the processor time and the statements of each. The output is a \
            Markdown table and a note. It takes about seven times '--seconds' for each number of servers.
            """)

    @Option(help: "Measure with 1 server, with 2, and up to so many.") var servers = 4
    @Option(help: "Requests that begin in a second, for each server.") var rate = 200.0
    @Option(help: "For how many seconds requests of a kind begin.") var seconds = 5.0
    @Option(help: "How many visitors there are.") var users = 1000
    @Flag(
        inversion: .prefixedNo,
        help: "PostgreSQL answers only when what was written is on its disk, as it has to in production.")
    var durable = true

    func validate() throws {
        guard (1...16).contains(servers) else { throw ValidationError("'--servers' needs a number from 1 to 16") }
        guard rate >= 1, rate <= 100_000 else { throw ValidationError("'--rate' needs a number from 1 to 100000") }
        guard seconds >= 0.1, seconds <= 3600 else {
            throw ValidationError("'--seconds' needs a number from 0.1 to 3600")
        }
        guard (1...10_000).contains(users) else { throw ValidationError("'--users' needs a number from 1 to 10000") }
    }

    func run() async throws {
        let disk = durable ? ["-c", "fsync=on", "-c", "full_page_writes=on"] : []
        let postgres = try await PostgreSQL.start(UsageMeter.arguments + disk)
        let progress = Progress("growth")
        do {
            try await UsageMeter.prepare(postgres)
            let meter = GrowthMeter(
                postgres: postgres, rate: rate, seconds: seconds, users: users, progress: progress)
            var figures: [ReplicaFigures] = []
            for count in 1...servers {
                progress.begin("\(count) of \(servers) servers")
                figures.append(try await meter.measure(servers: count))
            }
            progress.end()
            let table = GrowthTable(figures: figures, rate: rate)
            print("\(table.text)\n\n\(table.note)")
            await postgres.stop()
        } catch {
            progress.end()
            await postgres.stop()
            throw error
        }
    }
}
