import Foundation
import Harness

/// How little the bank takes: time to start, and memory.
func measureSmall(_ bench: Bench) async throws -> SectionResult {
    var result = SectionResult(.small)
    try await Cluster.with { cluster in
        let token = try await SampleToken(from: cluster)
        await cluster.bank.stop()
        let figures = try await bench.compete(
            [
                Contender("ours: start to ready line", .ours, .milliseconds) { try await startTime(cluster.bank) },
                Contender("ours: idle memory", .ours, .mebibytes) {
                    try await cluster.bank.start()
                    try await Task.sleep(for: .seconds(1))
                    let memory = try Memory.resident(cluster.bank)
                    await cluster.bank.stop()
                    return memory
                },
            ], rounds: bench.pick(9, quick: 3))
        result.figures = figures.all
        if let start = figures["ours: start to ready line"], let memory = figures["ours: idle memory"] {
            result.rows = [
                Row("start to ready line", start, aim: .atMost(100)),
                Row("resident memory when idle", memory, aim: .atMost(40)),
            ]
        }
        guard let wrk = Wrk() else {
            result.missing.append("wrk")
            return
        }
        try await cluster.bank.start()
        try await measureGrowth(bench, cluster.bank, token, wrk, &result)
    }
    result.notes.append(
        "small: of the release build; memory is VmRSS in /proc/PID/status, its growth is counted after a second of load."
    )
    return result
}

private func measureGrowth(
    _ bench: Bench, _ bank: ServerProcess, _ token: SampleToken, _ wrk: Wrk, _ result: inout SectionResult
) async throws {
    let aim = bench.pick(1_000_000.0, quick: 100_000)
    let header = "Authorization: Bearer \(token.text)"
    func load(_ seconds: Int) async throws -> Double {
        try await wrk.run("\(bank.url)/api/me", seconds: seconds, headers: [header]).requests
    }
    // What the first requests make stays: buffers, connections' pools.
    _ = try await load(1)
    let before = try Memory.resident(bank)
    var requests = 0.0
    while requests < aim {
        bench.progress.tell("\(decimal(requests)) of \(decimal(aim)) requests")
        requests += try await load(bench.pick(10, quick: 1))
    }
    let growth = Figure(
        "ours: growth over \(decimal(requests)) requests", .ours, .mebibytes, [try Memory.resident(bank) - before])
    result.figures.append(growth)
    result.rows.append(Row("growth over \(decimal(requests)) requests", growth))
}

/// Milliseconds from starting the server's program to its ready line.
private func startTime(_ server: ServerProcess) async throws -> Double {
    let process = Process()
    let output = Pipe()
    process.executableURL = try FileManager.default.url(ofOwnExecutable: server.name)
    process.arguments = server.arguments
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SSO_") }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    defer {
        process.terminate()
        process.waitUntilExit()
    }
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
        let more = output.fileHandleForReading.availableData
        guard !more.isEmpty else { throw Failure("\(server.name) did not start", hint: "start it by hand to see why") }
        line += more
    }
    return (ContinuousClock.now - start) / .milliseconds(1)
}

extension FileManager {
    /// An executable that was built with this one.
    fileprivate func url(ofOwnExecutable name: String) throws -> URL {
        URL(fileURLWithPath: try destinationOfSymbolicLink(atPath: "/proc/self/exe")).deletingLastPathComponent()
            .appendingPathComponent(name)
    }
}
