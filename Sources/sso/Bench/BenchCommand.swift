import ArgumentParser
import Foundation

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure what tokens, requests and sign-ins cost, beside their limits and beside others.",
        discussion: """
            'scripts/bench' builds the release and the peers, and calls this. It decides nothing: it exits with 0 \
            whether or not an aim was met. The files are written by a full run that missed no peer.
            """,
        subcommands: [VerifyCommand.self])

    @Flag(help: "Fewer and shorter rounds: one to two minutes instead of about ten.") var quick = false
    @Option(help: "Only this section; may be given several times. Nothing is written to files then.")
    var only: [BenchSection] = []
    @Option(help: "The folder with the peers that 'scripts/bench' built.") var peers = ".build/bench"
    @Option(help: "Write all figures to this file.") var json: String?
    @Option(help: "Draw the chart into this file.") var svg: String?

    func run() async throws {
        let peers = Peers(folder: URL(fileURLWithPath: peers).path)
        let bench = Bench(quick: quick, peers: peers, progress: Progress())
        var results: [SectionResult] = []
        for section in BenchSection.allCases where only.isEmpty || only.contains(section) {
            results.append(try await section.measure(bench))
        }
        bench.progress.end()
        let report = Report(quick: quick, peers: peers.versions, sections: results)
        print(report.table)
        guard only.isEmpty else { return }
        guard !quick, results.allSatisfy(\.missing.isEmpty) else {
            print("The files are left as they are: this was no full run.")
            return
        }
        if let json { try write(report.json(), to: json) }
        if let svg { try write(Data(drawing(of: results.flatMap(\.charts), caption: report.machine).utf8), to: svg) }
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure("cannot write \(path)", hint: "name a file in a folder that you can write")
        }
    }
}

extension BenchSection: ExpressibleByArgument {}

/// What a peer does, done by us, in a process of its own: so the allocations of all are counted in the same way.
private struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a token again and again, and print how many nanoseconds that takes.",
        discussion: "The token is the first line of standard input, the key file is the rest.",
        shouldDisplay: false)

    @Argument(help: "How many times.") var calls: Int

    func run() throws {
        let input = try FileHandle.standardInput.readToEnd() ?? Data()
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        guard lines.count == 2 else { throw ValidationError("a token and a key file are needed on standard input") }
        print(try TokenWork(token: String(decoding: lines[0], as: UTF8.self), jwkSet: Array(lines[1])).verify(calls))
    }
}
