import ArgumentParser
import Foundation
import Harness
import History
import Soak

struct SoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Let many visitors use a cluster for long, kill its servers meanwhile, and check what was answered.",
        discussion: """
            'scripts/soak' builds the release and calls this. It exits with 1 if anything that was acknowledged did not \
            hold. The same seed gives the same plan; a round that went wrong is named with its own.
            """)

    @Option(help: "How many minutes.") var minutes: Double
    @Option(help: "What everything is drawn from; by default another each time.")
    var seed: UInt64 = .random(in: 0...999_999)
    @Option(help: "How refresh tokens are exchanged: rotation or count.") var refresh: RefreshWay = .rotation
    @Option(help: "What keeps the data: sqlite, or a postgresql of its own, which is killed and cut off meanwhile.")
    var database = DatabaseKind.sqlite
    @Flag(help: "Each server and the database on a host of its own, and cuts of which nobody is told; it takes root.")
    var network = false

    enum RefreshWay: String, ExpressibleByArgument, CaseIterable { case rotation, count }

    func validate() throws {
        guard !network || database == .postgresql else {
            throw ValidationError("'--network' needs '--database postgresql': a file has no link to cut")
        }
        guard minutes > 0, minutes <= 100_000 else { throw ValidationError("'--minutes' needs a number over 0") }
    }

    func run() async throws {
        var options = LongRun.Options(seconds: minutes * 60, seed: seed)
        if refresh == .count { options.rule = .count }
        if database == .postgresql { options.ground = network ? .network : .postgresql }
        if network, let obstacle = Network.obstacle {
            throw Failure("there can be no network here: \(obstacle)", hint: "without '--network', cuts are told")
        }
        print("soak: \(text(minutes)) minutes, seed \(seed), \(choices)")
        let table = SoakTable()
        let end = try await LongRun.run(options) { table.tell($0, of: options.seconds) }
        table.show(end)
        guard end.violations.isEmpty else {
            throw Failure(
                "what was acknowledged did not hold: \(end.violations.count) violations in the round with seed \(end.seed)",
                hint: "'sso soak --minutes 1 --seed \(end.seed) \(choices)' begins with that round")
        }
    }

    private var choices: String {
        "--refresh \(refresh.rawValue) --database \(database.rawValue)" + (network ? " --network" : "")
    }

    private func text(_ number: Double) -> String { number == number.rounded() ? "\(Int(number))" : "\(number)" }
}
