import Curl
import Foundation
import Harness
import Testing

@Suite("What the OpenAPI document says, tried by schemathesis")
struct OpenAPITests {
    @Test("The document is there for everybody, and may be kept", arguments: Direction.allCases)
    func served(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let answer = try await Visitor.program(named: "anybody").get(stage.here, "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type") == "application/json")
            #expect(answer.header("Cache-Control") == "public, max-age=300")
            #expect(answer.response.text.contains("\"\(stage.here.dataPath)\""))
            #expect(!answer.response.text.contains("\"\(stage.here.foreignDataPath)\""))
        }
    }

    @Test("Every answer to hundreds of right and wrong calls is as it says", arguments: Direction.allCases)
    func answers(_ direction: Direction) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let schemathesis = "\(root)/.build/schemathesis/bin/st"
        try #require(
            FileManager.default.isExecutableFile(atPath: schemathesis), "scripts/test installs schemathesis first")
        // Made-up passwords are wrong, by the hundred.
        var options = Cluster.Options()
        options.arguments = ["--attempt-limits", "off"]
        try await onStage(direction, options) { stage in
            let result = try await run(
                schemathesis,
                [
                    "--no-color", "--config-file", "\(root)/scripts/openapi/schemathesis.toml", "run",
                    "\(stage.here.url)/openapi.json", "--checks", "all", "--generation-deterministic",
                    "--max-examples", "100",
                ],
                environment: ["SCHEMATHESIS_HOOKS": "\(root)/scripts/openapi/visitors.py"],
                workingDirectory: stage.cluster.folder, timeout: .seconds(240))
            #expect(result.status == 0, "\(result.standardOutput)\(result.standardError)")
            // Who tried nothing finds nothing.
            let output = result.standardOutput
            let tested = output.firstMatch(of: /Tested: (\d+)/).flatMap { Int($0.1) } ?? 0
            let passed = output.firstMatch(of: /generated, (\d+) passed/).flatMap { Int($0.1) } ?? 0
            #expect(tested > 10, "\(output)")
            #expect(passed > 800, "\(output)")
        }
    }
}
