import Curl
import Foundation
import Harness
import Testing

@Suite("Where PostgreSQL is, and is not")
struct PostgresURLTests {
    @Test(
        "One that is not there, and a URL that is none, exit 78 and tell no password",
        arguments: serverNames,
        [
            "postgresql://sso:hunter2@127.0.0.1:1/sso", "postgres://sso@127.0.0.1:1/sso?password=hunter2",
            "postgresql://sso:hunter2@[bad", "postgresql://sso:hunter2@127.0.0.1:1/sso?nonsense=1",
            "postgresql://sso:hunter2%zz@127.0.0.1:1/sso", "postgresql://sso:hunter2/x@127.0.0.1:1/sso",
            "postgresql://sso:x@hunter2@127.0.0.1:1/sso",
        ])
    func refused(server: String, url: String) async throws {
        let folder = try Surroundings.makeTemporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await Cluster.makeKeys(at: "\(folder)/keys.json")
        let arguments = ["--port", "0", "--keys", "\(folder)/keys.json"]
        let byFlag = try await run(server, arguments + ["--database", url], timeout: .seconds(20))
        let byVariable = try await run(server, arguments, environment: ["SSO_DATABASE": url], timeout: .seconds(20))
        let tool = try await run("sso", ["users", "list", "--database", url], timeout: .seconds(20))
        for result in [byFlag, byVariable] { expectRefusedStart(result, 78, of: server, "\(url)") }
        for result in [byFlag, byVariable, tool] {
            #expect(result.status == 78)
            #expect(result.standardError.contains("database postgres"))
            #expect(!result.standardError.contains("hunter2"))
        }
    }

    @Test("A list of settings is no URL, and is not repeated")
    func settings() async throws {
        let list = "host=127.0.0.1 user=sso password=hunter2"
        let result = try await run("sso", ["users", "list", "--database", list], timeout: .seconds(20))
        #expect(result.status != 0)
        #expect(result.standardError.contains("postgresql://USER@HOST/NAME"))
        #expect(!result.standardError.contains("hunter2"))
    }
}
