import Curl
import Foundation
import Harness
import Testing

extension Trait where Self == ConditionTrait {
    /// Only where networks can be made.
    static var onSeveralHosts: Self {
        .enabled(if: Network.obstacle == nil, Comment(rawValue: Network.obstacle ?? ""))
    }
}

/// Everybody's password here.
let password = "correct-horse-battery"

/// Registers users and signs a program in as each of them.
///
/// - Parameter server: where.
func programs(of names: String..., at server: ServerProcess) async throws -> [Visitor] {
    var programs: [Visitor] = []
    for name in names {
        let program = Visitor.program(named: name)
        try #require(
            try await program.register(at: server, username: name, password: password).status == 201, "\(name)")
        try await program.signInHere(server, as: name)
        programs.append(program)
    }
    return programs
}

extension Visitor {
    /// Signs in, and the test fails if that does.
    func signInHere(_ server: ServerProcess, as name: String) async throws {
        let answer = try await signIn(at: server, username: name, password: password)
        try #require(answer.status == 200, "\(name) at \(server.name): \(answer.text)")
    }

    /// A copy with the same tokens.
    func copy() -> Visitor {
        let copy = Visitor.program(named: name)
        copy.use(token: accessToken)
        copy.use(refreshToken: refreshToken)
        return copy
    }

    /// Waits until the server refuses the access token as revoked.
    ///
    /// - Returns: how long that took.
    @discardableResult
    func waitUntilRevoked(at server: ServerProcess, timeout: Duration = .seconds(10)) async throws -> Duration {
        let start = ContinuousClock.now
        try await waitUntil("\(server.name) refuses \(name)'s token", timeout: timeout) {
            let answer = try await get(server, "/api/me")
            return answer.status == 401 && answer.json("code") == "token_revoked"
        }
        return ContinuousClock.now - start
    }
}

/// An answer 503 by a database that cannot be reached, which signs nobody out.
func expectUnavailable(_ answer: Exchange, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(answer.status == 503, "\(answer.text)", sourceLocation: sourceLocation)
    #expect(answer.json("code") == "database_unavailable", sourceLocation: sourceLocation)
    #expect(answer.headers(named: "Set-Cookie") == [], sourceLocation: sourceLocation)
}

extension Duration {
    /// In milliseconds, for figures.
    var milliseconds: String { "\(Int(self / .milliseconds(1))) ms" }
}
