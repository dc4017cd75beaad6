import ArgumentParser
import Foundation
import Harness
import UnixSignals

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Start both servers, tell their story, and leave them up to be tried.",
        discussion: """
            Keys, database and a user are made anew in a temporary folder and are gone when it ends. It ends with 0 if \
            everything was as told, else with 1.
            """)

    @Flag(help: "End after the story instead of leaving the servers up.") var once = false

    /// How many seconds an access token lives here: short, so that one can watch it expire.
    private static let accessTTL = 4

    func run() async throws {
        let user = "demo"
        print("Starting the bank and the retirement server, with a new secret and an empty database …")
        let cluster = try await start()
        let password: String
        let isAsTold: Bool
        do {
            password = try await addUser(user, to: cluster)
            print("User \(user) with password \(password) is added.")
            isAsTold = try await DemoStory(cluster: cluster, user: user, password: password, accessTTL: Self.accessTTL)
                .tell()
        } catch {
            cluster.printLogs()
            await cluster.stop()
            throw Failure("the demo broke off: \(error)", hint: "the servers' logs stand above")
        }
        if isAsTold && !once {
            print(
                """

                The servers are up. Sign in as \(user) with password \(password):
                  bank        \(cluster.bank.url)/
                  retirement  \(cluster.retirement.url)/
                Access tokens live \(Self.accessTTL) seconds here, so that pages renew them before your eyes.
                Ctrl-C ends it.
                """)
            fflush(nil)
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
            print("\nStopping the servers.")
        }
        await cluster.stop()
        if !isAsTold { throw ExitCode(Failure.refused) }
    }

    private func start() async throws -> Cluster {
        var options = Cluster.Options()
        options.scrypt = nil
        options.accessTTL = Self.accessTTL
        // The ports that everybody knows, if nobody has them.
        if Ports.isFree(8081), Ports.isFree(8082) { options.ports = (bank: 8081, retirement: 8082) }
        do {
            return try await Cluster.start(options)
        } catch {
            throw Failure("the servers did not start: \(error)", hint: "'scripts/demo' builds what is needed")
        }
    }

    /// Adds the user as an operator does, and gives the password that was made up.
    private func addUser(_ name: String, to cluster: Cluster) async throws -> String {
        let result = try await Harness.run(
            "sso",
            ["users", "add", name, "--generate-password", "--database", cluster.database])
        let mark = "password: "
        guard result.status == 0,
            let line = result.standardOutput.split(separator: "\n").first(where: { $0.hasPrefix(mark) })
        else {
            throw Failure("the user could not be added: \(result.standardError)", hint: "see 'sso users add --help'")
        }
        return String(line.dropFirst(mark.count))
    }
}
