import ArgumentParser
import Foundation

@main
struct Sso: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sso",
        abstract: "The tool of the sign-on cluster's operators and learners.",
        version: "0.1.0",
        subcommands: [
            KeysCommand.self, UsersCommand.self, AuditCommand.self, TokenCommand.self, DemoCommand.self,
            TourCommand.self, BenchCommand.self, LagCommand.self, SoakCommand.self, ReadyCommand.self, LoadCommand.self,
            GrowthCommand.self,
        ])

    /// Exits 64 for bad flags, as ArgumentParser does, and with a failure's own code otherwise.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            try? FileHandle.standardError.write(contentsOf: Data("sso: \(failure.cause)\nhint: \(failure.hint)\n".utf8))
            Foundation.exit(failure.code)
        } catch  where exitCode(for: error) == .validationFailure {
            let cause = message(for: error).prefix { $0 != "\n" }
            let line = cause.prefix(1).lowercased() + cause.dropFirst()
            try? FileHandle.standardError.write(contentsOf: Data("sso: \(line)\nhint: see 'sso --help'\n".utf8))
            Foundation.exit(ExitCode.validationFailure.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a command could not do its work: the cause, and what to do about it, each a line in lower case.
struct Failure: Error {
    /// Exit codes: 1 for a refusal, and of sysexits.h 78 for a file or database that cannot be used.
    static let refused: Int32 = 1
    static let configuration: Int32 = 78

    let code: Int32
    let cause: String
    let hint: String

    init(_ cause: String, hint: String, code: Int32 = Failure.refused) {
        self.code = code
        self.cause = cause
        self.hint = hint
    }
}

/// The value of a flag, else of its variable; an empty variable is one that was not set.
func setting(_ flag: String?, _ variable: String) -> String? {
    flag ?? ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
}
