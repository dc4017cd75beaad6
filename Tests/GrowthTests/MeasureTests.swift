import Foundation
import Harness
import Testing

@Suite("sso growth measure", .serialized)
struct MeasureTests {
    @Test("It measures one server and two: checks run no statement, all else runs some, and nothing is left behind")
    func figures() async throws {
        // PostgreSQL runs as a user of its own, so everybody may pass through it.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-measure-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arguments = ["--servers", "2", "--rate", "25", "--seconds", "2", "--users", "50", "--no-durable"]
        let result = try await run(
            "sso", ["growth", "measure"] + arguments, environment: ["TMPDIR": folder], timeout: .seconds(300))
        #expect(result.status == 0, "\(result.standardError)")
        #expect(result.standardError.contains("growth: 2 of 2 servers: "))
        let rows = Self.rows(result.standardOutput)
        #expect(rows["servers"] == ["1", "2"])
        // Exactly none, and that is what makes a check stateless.
        #expect(rows["statements of a check"] == ["0", "0"])
        for work in ["request for data", "renewal", "sign-out", "sign-in"] {
            let told = try Self.numbers(rows, "statements of a \(work)")
            let counted = try Self.numbers(rows, "statements at PostgreSQL of a \(work)")
            for (told, counted) in zip(told, counted) {
                // What the database counts is what the servers tell, and what begins and ends transactions. At rest there
                // is the feed, whose looks are a few in a second, more or less.
                #expect(told >= 1 && counted > told * 0.8 && counted < told * 3 + 2, "\(work): \(told), \(counted)")
            }
        }
        for (work, writes) in [("request for data", 0.0), ("renewal", 1), ("sign-out", 3), ("sign-in", 9)] {
            for count in try Self.numbers(rows, "of these, writes of a \(work)") {
                // Mails that are to be sent are looked for meanwhile, as at rest: that is not the requests' doing.
                // There are few sign-ins, so that it matters more for them.
                #expect(abs(count - writes) < (work == "sign-in" ? 1 : 0.12), "\(work): \(count)")
            }
        }
        for work in ["check", "request for data", "renewal", "sign-out", "sign-in"] {
            for time in try Self.numbers(rows, "servers' processor time of a \(work)") {
                #expect(time > 1 && time < 1_000_000, "\(work): \(time) µs")
            }
        }
        for rate in try Self.numbers(rows, "requests of the mix a second, of 25 for each server") {
            #expect(rate > 5 && rate <= 60)
        }
        for count in try Self.numbers(rows, "at rest, statements for a server in a second") {
            #expect(count > 0 && count < 100)
        }
        #expect(result.standardOutput.contains("in brackets, how many times that of one server"))
        try await waitUntil("nothing is left behind") {
            try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty
        }
    }

    @Test(
        "What makes no sense is a wrong flag",
        arguments: [
            ["--servers", "0"], ["--servers", "17"], ["--rate", "0"], ["--rate", "nan"], ["--seconds", "0"],
            ["--users", "0"], ["--users", "10001"], ["--durable=no"],
        ])
    func usage(_ arguments: [String]) async throws {
        let result = try await run("sso", ["growth", "measure"] + arguments)
        #expect(result.status == 64)
        #expect(result.standardError.hasPrefix("sso: ") && result.standardError.contains("\nhint: "))
    }

    /// The cells of a Markdown table, by the first of each row.
    private static func rows(_ table: String) -> [String: [String]] {
        let lines = table.split(separator: "\n").filter { $0.hasPrefix("| ") }
        let cells = lines.map { line in
            line.dropFirst(2).dropLast(2).split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return Dictionary(cells.map { ($0[0], Array($0.dropFirst())) }) { first, _ in first }
    }

    /// The numbers with which the cells of a row begin.
    private static func numbers(_ rows: [String: [String]], _ name: String) throws -> [Double] {
        try #require(rows[name], "\(name)").map { cell in
            try #require(Double(cell.prefix { $0 != " " }.replacing(",", with: "")), "\(name): \(cell)")
        }
    }
}
