import ArgumentParser
import Curl
import Foundation
import Harness
import Load

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Send requests to a deployment at a steady pace, as its visitors would, and say how long they took.",
        discussion: """
            Requests begin when they are due, whether or not those before were answered, and latency counts from then. So a \
            server that stands still for a second shows a second. New visitors register first, and stay registered. Without \
            --bank and --retirement, a cluster is started for it, with cheap password hashes. It exits with 1 if a request \
            failed.
            """)

    @Option(help: "How to reach a bank, such as https://bank.example.com; may be given several times.")
    var bank: [String] = []
    @Option(help: "How to reach a retirement server; may be given several times.") var retirement: [String] = []
    @Option(help: "Requests that begin in a second.") var rate = 100.0
    @Option(help: "For how many seconds requests begin.") var duration = 10.0
    @Option(help: "How many of all requests are of each kind.") var mix = "browse=90,renew=5,sign-in=3,sign-out=2"
    @Option(help: "How many new visitors register first (default 100).") var users: Int?
    @Option(help: "Visitors who are registered: a file with a name, a space and a password on each line.")
    var accounts: String?
    @Option(help: "Connections that are open at once at most.") var connections = 256
    @Option(help: "Seconds after which a request has failed.") var timeout = 30.0
    @Option(help: "A file of certificates (PEM) that may sign the servers', such as of a private authority.")
    var ca: String?
    @Option(help: "What the order of everything is drawn from; by default another each time.")
    var seed: UInt64 = .random(in: 0...999_999)
    @Option(help: "Write all figures to this file.") var json: String?
    @Option(help: "Draw the percentiles into this file.") var svg: String?
    @Flag(help: "Do not ask before sending to servers that are not on this machine.") var yes = false
    @Flag(help: "Exit with 0 though requests have failed.") var allowFailures = false

    func validate() throws {
        _ = try parsedMix()
        guard rate >= 0.1, rate <= 100_000 else { throw ValidationError("'--rate' needs a number from 0.1 to 100000") }
        guard duration > 0, duration <= 1_000_000 else { throw ValidationError("'--duration' needs a number over 0") }
        guard users == nil || accounts == nil else {
            throw ValidationError("'--users' and '--accounts' exclude each other")
        }
        guard (1...1_000_000).contains(users ?? 1) else { throw ValidationError("'--users' needs a number over 0") }
        guard (1...10_000).contains(connections) else {
            throw ValidationError("'--connections' needs a number from 1 to 10000")
        }
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("'--timeout' needs a number from 0 to 3600") }
        guard areOwn || targets != nil else {
            throw ValidationError(
                "'--bank' and '--retirement' need http:// or https:// with a host, a port if need be, and no path")
        }
    }

    func run() async throws {
        let people = try self.people()
        guard areOwn else {
            guard let targets else { return }
            try confirm(targets)
            return try await send(people, to: targets)
        }
        try await Cluster.with { cluster in
            guard let targets = Targets(banks: [cluster.bank.url], retirements: [cluster.retirement.url]) else {
                return
            }
            try await send(people, to: targets)
        }
    }

    private var areOwn: Bool { bank.isEmpty && retirement.isEmpty }

    private var targets: Targets? { Targets(banks: bank, retirements: retirement) }

    private func parsedMix() throws -> Mix {
        do throws(Mix.Wrong) {
            return try Mix(mix)
        } catch .runsOut {
            throw ValidationError("'--mix' has more sign-outs than sign-ins, so in the end nobody would be signed in")
        } catch .form {
            throw ValidationError("'--mix' needs kinds and weights, such as browse=90,renew=5,sign-in=3,sign-out=2")
        }
    }

    private func people() throws -> LoadPlan.People {
        guard let accounts else { return .new(users ?? 100) }
        guard let data = FileManager.default.contents(atPath: accounts) else {
            throw Failure(
                "the file \(accounts) cannot be read", hint: "name a file of lines with a name, a space and a password",
                code: Failure.configuration)
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        let known = lines.compactMap { LoadPlan.Account(line: $0) }
        guard !known.isEmpty, known.count == lines.count else {
            throw Failure(
                "not every line of \(accounts) is an account",
                hint: "write a name, a space and a password on each line",
                code: Failure.configuration)
        }
        return .known(known)
    }

    /// Many requests to somebody else's servers are an attack: whoever starts them should have meant it.
    private func confirm(_ targets: Targets) throws {
        guard !targets.foreign.isEmpty, !yes else { return }
        let names = targets.foreign.joined(separator: ", ")
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                "this would send \(decimal(rate)) requests a second to \(names), which is not on this machine",
                hint: "if you may do that, say so with --yes")
        }
        print(
            "Send \(decimal(rate)) requests a second to \(names) for \(decimal(duration)) seconds? [y/N] ",
            terminator: "")
        try? FileHandle.standardOutput.synchronize()
        fflush(nil)
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw Failure("nothing was sent", hint: "answer with y, or say --yes")
        }
    }

    private func send(_ people: LoadPlan.People, to targets: Targets) async throws {
        var plan = LoadPlan(targets: targets, rate: rate, seconds: duration)
        plan.mix = try parsedMix()
        plan.people = people
        plan.seed = seed
        plan.connections = connections
        plan.options.timeout = .seconds(timeout)
        plan.options.certificateAuthorities = ca
        let progress = LoadProgressLine(seconds: duration)
        let figures: LoadFigures
        do {
            figures = try await Load.run(plan) { progress.tell($0) }
        } catch let error as LoadError {
            progress.end()
            throw Failure(
                "\(error)", hint: "look at the servers' logs; 'sso load --help' tells how visitors are chosen")
        }
        progress.end()
        let report = LoadReport(plan, figures, seed: seed)
        print(report.table)
        if let json { try write(report.json(), to: json) }
        if let svg { try write(Data(report.drawing.utf8), to: svg) }
        guard figures.failed == 0 || allowFailures else {
            throw Failure(
                "\(figures.failed) of \(figures.sent) requests failed",
                hint: "the table says how; --allow-failures exits with 0")
        }
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure("cannot write \(path)", hint: "name a file in a folder that you can write")
        }
    }
}
