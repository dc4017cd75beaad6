public import Foundation
import Harness

/// What a running server takes of its machine.
public struct Footprint: Sendable {
    /// Its process.
    public let process: pid_t
    /// Resident memory, in KiB.
    public let memory: Int
    /// Open file descriptors.
    public let descriptors: Int

    /// What the kernel says now; nil if the server does not run.
    init?(_ server: ServerProcess) {
        guard let process = server.processID,
            let status = FileManager.default.contents(atPath: "/proc/\(process)/status"),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
        else { return nil }
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        guard let memory = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.process = process
        self.memory = memory
        self.descriptors = descriptors.count
    }
}

/// One server's longest life in a long run: what it took when it was warm, and in the end.
public struct Life: Sendable {
    /// The server's name.
    public let server: String
    /// How long that process was seen, in seconds.
    public let seconds: Double
    /// What it took after the first fifth of that, when its caches were full.
    public let warm: Footprint
    /// What it took when it was last seen.
    public let last: Footprint

    /// By how much its memory grew after it was warm, as a fraction.
    public var growth: Double { Double(last.memory) / Double(max(1, warm.memory)) - 1 }

    /// The longest of those that were seen; nil if none was.
    init?(_ server: String, _ seen: [(seconds: Double, footprint: Footprint)]) {
        let lives = Dictionary(grouping: seen, by: \.footprint.process).values
        let longest = lives.max { length(of: $0) < length(of: $1) }
        guard let longest, let first = longest.first, let last = longest.last else { return nil }
        let warmTime = first.seconds + length(of: longest) / 5
        self.server = server
        seconds = length(of: longest)
        warm = (longest.first { $0.seconds >= warmTime } ?? last).footprint
        self.last = last.footprint
    }
}

private func length(of life: [(seconds: Double, footprint: Footprint)]) -> Double {
    (life.last?.seconds ?? 0) - (life.first?.seconds ?? 0)
}
