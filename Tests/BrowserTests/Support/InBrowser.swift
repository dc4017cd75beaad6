import Browser
import Curl
import Foundation
import Harness
import Testing

/// All tests in a real browser, one after another: a browser alone keeps both cores of a small machine busy.
/// The suites are extensions of this type, one a file.
@Suite("In a real browser", .serialized, OneDriver())
enum InBrowser {
    @TaskLocal fileprivate static var driver: ChromeDriver?

    /// Runs a story in a browser with an empty profile.
    static func open(_ story: (Chromium) async throws -> Void) async throws {
        try await #require(driver, "a test in a browser belongs to a suite within InBrowser").withChromium(story)
    }

    /// Runs a story on a cluster where Alice has an account already.
    static func withCluster(
        _ options: Cluster.Options = .init(), _ story: (Cluster) async throws -> Void
    ) async throws {
        try await Cluster.with(options) { cluster in
            let answer = try await Visitor.program(named: "registrar")
                .register(at: cluster.bank, username: alice, password: password)
            try #require(answer.status == 201)
            try await story(cluster)
        }
    }

    /// Whose account it is.
    static let alice = "alice"
    /// What she chose.
    static let password = "alice likes long passwords"

    /// A file below the folder of what is built, which the scripts and these tests share.
    static func built(_ path: String) -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent(".build/\(path)").path
    }
}

/// Starts one chromedriver for all tests of the suite, and stops it after them.
struct OneDriver: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ChromeDriver.with { driver in
            try await InBrowser.$driver.withValue(driver) { try await function() }
        }
    }
}
