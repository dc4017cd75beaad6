import Curl
import Foundation
import Harness
import Testing

/// Where a story begins and where it goes on. Each is told both ways, since neither server comes first.
enum Direction: CaseIterable, CustomTestStringConvertible {
    case bankToRetirement
    case retirementToBank

    var testDescription: String {
        switch self {
        case .bankToRetirement: "from the bank to retirement"
        case .retirementToBank: "from retirement to the bank"
        }
    }

    /// Options for a cluster in which access tokens issued here live for some seconds, and those issued there as long
    /// as ever: so something expires soon, and what replaces it does not expire under a slow test.
    func options(accessTTLHere seconds: Int) -> Cluster.Options {
        var options = Cluster.Options()
        let arguments = ["--access-ttl", "\(seconds)"]
        switch self {
        case .bankToRetirement: options.bankArguments = arguments
        case .retirementToBank: options.retirementArguments = arguments
        }
        return options
    }
}

/// A cluster with its servers in the order in which a story comes to them.
struct Stage {
    let cluster: Cluster
    /// The server at which the story begins.
    let here: ServerProcess
    /// The other one.
    let there: ServerProcess

    var servers: [ServerProcess] { [here, there] }

    /// The database, to be looked into from outside.
    var database: ClusterDatabase { ClusterDatabase(url: cluster.database) }

    /// Adds a user, with the password that ``password(of:)`` gives.
    func register(_ names: String...) async throws {
        for name in names {
            let answer = try await Visitor.program(named: "registrar")
                .register(at: here, username: name, password: password(of: name))
            try #require(answer.status == 201)
            #expect(answer.json("username") == name)
        }
    }

    /// A program that the user has signed in, here unless said otherwise.
    func program(of user: String, at server: ServerProcess? = nil) async throws -> Visitor {
        let visitor = Visitor.program(named: "\(user)'s program")
        let answer = try await visitor.signIn(at: server ?? here, username: user, password: password(of: user))
        try #require(answer.status == 200)
        return visitor
    }

    /// A browser in which the user has signed in, here unless said otherwise.
    func browser(of user: String, at server: ServerProcess? = nil) async throws -> Visitor {
        let visitor = Visitor.browser(named: "\(user)'s browser")
        let answer = try await visitor.signIn(at: server ?? here, username: user, password: password(of: user))
        try #require(answer.status == 303)
        return visitor
    }
}

/// Runs a story on a cluster of its own.
func withStage(
    _ direction: Direction, _ options: Cluster.Options = .init(), _ story: (Stage) async throws -> Void
) async throws {
    try await Cluster.with(options) { cluster in
        switch direction {
        case .bankToRetirement:
            try await story(Stage(cluster: cluster, here: cluster.bank, there: cluster.retirement))
        case .retirementToBank:
            try await story(Stage(cluster: cluster, here: cluster.retirement, there: cluster.bank))
        }
    }
}

/// What a user of these stories chose.
func password(of user: String) -> String { "\(user) likes long passwords" }

extension ServerProcess {
    /// The path of what this server alone has to offer.
    var dataPath: String { name == "bank" ? "/api/accounts" : "/api/plan" }
}

/// Runs `sso`, which must succeed.
@discardableResult
func sso(_ arguments: String...) async throws -> RunResult {
    let result = try await run("sso", arguments)
    try #require(result.status == 0, "sso \(arguments): \(result.standardError)")
    return result
}
