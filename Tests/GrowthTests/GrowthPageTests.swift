import Foundation
import Harness
import Testing

@Suite("The page on growth")
struct GrowthPageTests {
    private static let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/SSOServer/Guides.docc/Growth.md")

    @Test("Every figure on it that a command prints is what the command prints")
    func figures() async throws {
        let page = try String(contentsOf: Self.guide, encoding: .utf8)
        let blocks = page.matches(of: /<!-- sso (growth[a-z0-9 -]*) -->\n([^!]*)<!-- end -->/)
        #expect(blocks.count == 5)
        for block in blocks {
            let arguments = block.1.split(separator: " ").map(String.init)
            let result = try await run("sso", arguments)
            #expect(result.status == 0)
            let shown = block.2.split(separator: "\n").filter { !$0.hasPrefix("```") && !$0.hasPrefix("$ ") }.joined(
                separator: "\n")
            let printed = result.standardOutput.split(separator: "\n").joined(separator: "\n")
            #expect(shown == printed, "sso \(block.1)")
        }
    }

    @Test("What it says of the costs is what the command takes them to be")
    func costs() async throws {
        let page = try String(contentsOf: Self.guide, encoding: .utf8)
        let help = try await run("sso", ["growth", "estimate", "--help"]).standardOutput
        for (cost, text) in [
            ("82.5", "82.5 µs"), ("210.0", "210 µs"), ("183.0", "183 ms"), ("148.0", "148 µs"), ("864.0", "864 µs"),
            ("413.0", "413 µs"),
        ] {
            #expect(help.contains("(default: \(cost))") && page.contains(text))
        }
    }

    @Test(
        "What cannot be worked out is a wrong flag",
        arguments: [
            ["--users", "0"], ["--users", "nan"], ["--busy", "0"], ["--minutes", "-1"], ["feed", "--servers", "0"],
            ["feed", "--rate", "0"], ["feed", "--poll", "0"], ["feed", "--replicas", "1001"],
            ["feed", "--link-median", "2", "--link-p99", "1"], ["feed", "--revocations", "1000000"],
        ])
    func usage(_ arguments: [String]) async throws {
        let result = try await run("sso", ["growth"] + arguments)
        #expect(result.status == 64 && result.standardError.hasPrefix("sso: "))
    }
}
