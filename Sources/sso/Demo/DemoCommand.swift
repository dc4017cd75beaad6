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
    @OptionGroup var choice: DatabaseChoice

    /// How many seconds an access token lives: in the story so short that it can be waited for, afterwards long enough to
    /// be looked at.
    private static let accessTTL = (story: 4, trial: 30)

    func run() async throws {
        let user = "demo"
        print("Starting the bank and the retirement server, with a new secret and an empty database …")
        let isAsTold = try await withServers(accessTTL: Self.accessTTL.story) { cluster in
            let password = try await addUser(user, to: cluster)
            print("User \(user) is added.")
            return try await DemoStory(
                cluster: cluster, user: user, password: password, accessTTL: Self.accessTTL.story
            ).tell()
        }
        guard isAsTold else { throw ExitCode(Failure.refused) }
        if !once {
            try await withServers(accessTTL: Self.accessTTL.trial) { try await leaveUp($0, for: user) }
        }
    }

    /// Keeps the servers up until somebody has seen enough.
    private func leaveUp(_ cluster: Cluster, for user: String) async throws {
        let password = try await addUser(user, to: cluster)
        print(
            """

            Now try it yourself. The servers are up, with a new database:
              bank        \(cluster.bank.url)/
              retirement  \(cluster.retirement.url)/
            1. Sign in at the bank as \(user) with password \(password), and look at the X-ray below the page.
            2. Follow the link to the retirement plan: you are known there, and nobody was asked.
            3. Wait \(Self.accessTTL.trial) seconds and load a page again: the token has expired, and is renewed on the way.
            4. Break one, in the lab: \(cluster.bank.url)/lab
            Mails that the servers send become files in \(cluster.outbox)
            Ctrl-C ends it.
            """)
        fflush(nil)
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
        print("\nStopping the servers.")
    }

    private func withServers<Value>(accessTTL: Int, _ body: (Cluster) async throws -> Value) async throws -> Value {
        let cluster = try await start(accessTTL: accessTTL)
        do {
            let value = try await body(cluster)
            await cluster.stop()
            return value
        } catch {
            cluster.printLogs()
            await cluster.stop()
            throw Failure("the demo broke off: \(error)", hint: "the servers' logs stand above")
        }
    }

    private func start(accessTTL: Int) async throws -> Cluster {
        var options = Cluster.Options()
        options.databaseKind = choice.database
        options.scrypt = nil
        options.accessTTL = accessTTL
        options.arguments = ["--lab"]
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
