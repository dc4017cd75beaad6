import Foundation
import Harness
import Testing

/// What health checks of containers go by.
@Suite("sso ready")
struct ReadyTests {
    @Test("It succeeds at both servers, and no longer when one has stopped", arguments: Direction.allCases)
    func ready(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            for server in [stage.here, stage.there] {
                for url in [server.url, server.url + "/"] {
                    let result = try await run("sso", ["ready", url])
                    #expect(result.status == 0)
                    #expect(result.standardOutput == "ready\n")
                }
            }
            await stage.here.stop()
            let result = try await run("sso", ["ready", stage.here.url])
            #expect(result.status == 1)
            #expect(result.standardOutput == "")
            #expect(result.standardError.contains("does not answer"))
            #expect(result.standardError.contains("\nhint: "))
        }
    }

    @Test("A server that cannot sign people in is not ready, and it is said why")
    func notReady() async throws {
        try await Cluster.with { cluster in
            // A key file that others can read is none.
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: cluster.bankKeys)
            try await waitUntil("the bank has looked at its key file") {
                try await run("sso", ["ready", cluster.bank.url]).status == 1
            }
            let result = try await run("sso", ["ready", cluster.bank.url])
            #expect(result.standardError.contains("the key file cannot be used"))
        }
    }

    @Test("What makes no sense is refused", arguments: [["--timeout", "0"], ["--timeout", "soon"], []])
    func refused(_ arguments: [String]) async throws {
        let url = arguments.isEmpty ? [] : ["http://127.0.0.1:1"]
        #expect(try await run("sso", ["ready"] + url + arguments).status == 64)
    }
}
