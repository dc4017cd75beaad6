import Curl
import Foundation
import Harness

/// The programs that we are compared with, and `wrk`, which loads all servers.
struct Peers {
    /// The folder with what `scripts/bench` built of `scripts/peers`.
    let folder: String

    /// The path of a peer; nil if it was not built.
    func path(_ name: String) -> String? {
        let path = "\(folder)/\(name)"
        return FileManager.default.isReadableFile(atPath: path) ? path : nil
    }

    /// The versions of what was built, as `scripts/bench` wrote them: a name and a version a line.
    var versions: [String: String] {
        let text = String(decoding: FileManager.default.contents(atPath: "\(folder)/versions") ?? Data(), as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            return words.count == 2 ? (words[0], words[1]) : nil
        }
        return Dictionary(pairs) { $1 }
    }

    /// Has a program verify the token that many times.
    ///
    /// - Returns: what it printed: the nanoseconds that one call took.
    func verification(by program: String, _ arguments: [String], input: [UInt8], calls: Int) async throws -> Double {
        let result = try await checkedRun(program, arguments + ["\(calls)"], input: input)
        guard let time = Double(result.standardOutput.filter { $0 != "\n" }) else {
            throw Failure("\(program) printed no time: \(result.standardOutput)", hint: "build it anew")
        }
        return time
    }

    /// How many heap allocations one verification takes: what a thousand calls more bring with them, so that what the
    /// program does besides does not count.
    ///
    /// - Returns: nil without the counter.
    func allocations(
        by program: String, _ arguments: [String], input: [UInt8]
    ) async throws -> Double? {
        guard let counter = path("malloc-count.so") else { return nil }
        var counts: [Double] = []
        for calls in [1000, 2000] {
            let result = try await checkedRun(
                program, arguments + ["\(calls)"], environment: ["LD_PRELOAD": counter], input: input)
            let line = result.standardError.split(separator: "\n").last { $0.hasPrefix("malloc-count: ") }
            guard let count = line.flatMap({ Double($0.dropFirst("malloc-count: ".count)) }) else { return nil }
            counts.append(count)
        }
        return (counts[1] - counts[0]) / 1000
    }

    /// Starts a peer's server, waits until it answers, and ends it after `body`.
    func serving<Value>(
        _ program: String, _ arguments: [String], _ token: SampleToken, _ body: (_ url: String) async throws -> Value
    ) async throws -> Value {
        let port = try Ports.free()
        let url = "http://127.0.0.1:\(port)"
        return try await withThrowingTaskGroup { group in
            // The server runs as long as it is measured beside it.
            group.addTask {
                let result = try await Harness.run(
                    program, arguments + ["\(port)"], input: token.peerInput, timeout: .seconds(3600))
                throw Failure("\(program) ended early: \(result.standardError)", hint: "build it anew")
            }
            // Whatever happens, the server does not outlive this.
            defer { group.cancelAll() }
            let client = Client()
            try await waitUntil("\(program) answers") {
                (try? await client.send(Request(url: "\(url)/api/me"))) != nil
            }
            return try await body(url)
        }
    }
}

/// Runs a command that has to end with 0.
@discardableResult
func checkedRun(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8]? = nil,
    timeout: Duration = .seconds(300)
) async throws -> RunResult {
    let result = try await Harness.run(
        program, arguments, environment: environment, input: input, timeout: timeout)
    guard result.status == 0 else {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        throw Failure("\(name) ended with \(result.status): \(result.standardError)", hint: "run it by hand to see why")
    }
    return result
}
