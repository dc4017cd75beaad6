import Foundation
import Harness
import Testing

@Suite("sso load")
struct LoadCommandTests {
    @Test("It starts a cluster of its own, tells each second, and writes table, JSON and chart")
    func own() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (json, svg) = (folder.appendingPathComponent("a.json"), folder.appendingPathComponent("a.svg"))
        let result = try await run(
            "sso",
            [
                "load", "--rate", "50", "--duration", "2", "--users", "5", "--seed", "1", "--json", json.path, "--svg",
                svg.path,
            ])
        #expect(result.status == 0, "\(result.standardError)")
        #expect(result.standardError.contains("load: 1 of 2 s, "))
        let rows = result.standardOutput.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.first == ["sent", "answered", "failed", "p50", "p90", "p99", "p99.9", "max"])
        #expect(rows.contains { $0.prefix(4) == ["all", "100", "100", "0"] })
        let written = try #require(JSONValue(Array(Data(contentsOf: json))))
        #expect(written["sent"] == .integer(100) && written["answered"] == .integer(100))
        #expect(written["kinds"]?[0]?["kind"] == .string("browse"))
        let drawing = try String(contentsOf: svg, encoding: .utf8)
        #expect(drawing.hasPrefix("<svg ") && drawing.contains("<polyline class=\"k0\" points=\""))
        #expect(drawing.contains("prefers-color-scheme: dark") && drawing.contains("100 sent, 100 answered, 0 failed"))
    }

    @Test("Requests that fail are told by how, and make it exit with 1, unless that was allowed")
    func failures() async throws {
        try await Cluster.with { cluster in
            // A bank whose gateway forgets its path: everything but the retirement server's plan is there.
            let arguments = [
                "load", "--bank", cluster.retirement.url, "--rate", "20", "--duration", "1", "--users", "2", "--mix",
                "browse=1",
            ]
            let strict = try await run("sso", arguments)
            #expect(strict.status == 1)
            #expect(strict.standardOutput.contains("browse failed: 20 × 404 not_found"))
            #expect(strict.standardError.contains("sso: 20 of 20 requests failed\nhint: "))
            #expect(try await run("sso", arguments + ["--allow-failures"]).status == 0)
        }
    }

    @Test("Without a terminal and without --yes nothing is sent to what is not on this machine")
    func foreign() async throws {
        let result = try await run("sso", ["load", "--bank", "https://bank.example.invalid"])
        #expect(result.status == 1)
        #expect(
            result.standardError
                == "sso: this would send 100 requests a second to https://bank.example.invalid, which is not on this "
                + "machine\nhint: if you may do that, say so with --yes\n")
        #expect(result.standardOutput == "")
        // With it, it does try, a few visitors at a time.
        let sure = try await run("sso", ["load", "--bank", "https://bank.example.invalid", "--yes"])
        #expect(sure.status == 1 && sure.standardError.contains(" could not register: could not connect\n"))
    }

    @Test(
        "What makes no sense is a wrong flag",
        arguments: [
            ["--rate", "0"], ["--rate", "nan"], ["--duration", "0"], ["--users", "0"], ["--connections", "0"],
            ["--timeout", "0"], ["--mix", "surf=1"], ["--mix", "browse=1,sign-out=1"], ["--bank", "bank"],
            ["--users", "1", "--accounts", "a"],
        ])
    func usage(_ arguments: [String]) async throws {
        let result = try await run("sso", ["load"] + arguments)
        #expect(result.status == 64)
        #expect(result.standardError.hasPrefix("sso: ") && result.standardError.contains("\nhint: "))
    }

    @Test("A file of accounts that is none is told", arguments: [nil, "", "anna\n", "anna a\nrobert\n"])
    func accounts(_ content: String?) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("sso-accounts-\(UUID().uuidString)")
        if let content { try Data(content.utf8).write(to: file) }
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try await run("sso", ["load", "--accounts", file.path])
        #expect(result.status == 78)
    }
}
