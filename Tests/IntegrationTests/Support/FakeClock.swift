import Foundation
import Harness
import Testing

/// The time that a cluster's servers see: it stands still until somebody moves it, forwards or back. Only what is counted
/// from 1970 is faked; waiting takes as long as ever.
struct FakeClock {
    /// Where the time stands.
    private let file: String

    /// What all stories begin at.
    static let start = 1_900_000_000

    /// Gives a cluster whose servers' clocks stand at ``start``.
    static func withStage(
        _ direction: Direction, arguments: [String] = [], _ story: (Stage, FakeClock) async throws -> Void
    ) async throws {
        let folder = try Surroundings.makeTemporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let library = try library()
        let clock = FakeClock(file: "\(folder)/now")
        try clock.set(start)
        var options = Cluster.Options()
        options.arguments = arguments
        options.environment = [
            "FAKETIME_TIMESTAMP_FILE": clock.file, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
        ]
        options.executables = try Executables.wrapped(in: folder) {
            "\(flagsToVariables)exec env LD_PRELOAD='\(library)' '\($0)'"
        }
        try await IntegrationTests.withStage(direction, options) { try await story($0, clock) }
    }

    /// Puts the clock at that many seconds since 1970.
    func set(_ time: Int) throws {
        let format = Date.VerbatimFormatStyle(
            format:
                "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        let text = Date(timeIntervalSince1970: Double(time)).formatted(format)
        // All at once: who reads half a time sees no time.
        try Data("\(text)\n".utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    /// libfaketime changes the environment before a program begins, and Swift finds the arguments beside it no more: so
    /// each flag is given as its variable.
    private static let flagsToVariables = """
        while [ $# -gt 1 ]; do
            export "SSO_$(printf %s "${1#--}" | tr a-z- A-Z_)=$2"
            shift 2
        done

        """

    private static func library() throws -> String {
        let folders =
            ["/usr/lib"] + (try FileManager.default.contentsOfDirectory(atPath: "/usr/lib").map { "/usr/lib/\($0)" })
        let files = folders.map { "\($0)/faketime/libfaketimeMT.so.1" }
        return try #require(
            files.first { FileManager.default.fileExists(atPath: $0) },
            "libfaketime is missing; 'scripts/test' installs it, and 'apt-get install faketime' does")
    }
}
