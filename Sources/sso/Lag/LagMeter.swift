import Curl
import Foundation
import Harness

/// Revokes at one server and asks all the others, again and again.
struct LagMeter {
    private let servers: [String]
    private let user: LagUser
    private let clients: [Client]

    /// Registers a user of its own at the first server.
    init(servers: [String]) async throws {
        self.servers = servers
        user = try await LagUser(at: servers[0])
        clients = servers.map { _ in Client() }
    }

    func run(rounds: Int) async throws -> LagReport {
        var report = LagReport(rounds: rounds, others: servers.count - 1)
        let start = ContinuousClock.now
        for round in 0..<rounds {
            let here = round % servers.count
            let token = try await user.signIn(at: servers[(here + 1) % servers.count])
            // Each has a connection now, and has found the token good.
            for server in servers.indices {
                guard try await check(token, at: server, &report) else {
                    throw Failure("a new token was refused by \(servers[server])", hint: "see whether they share keys")
                }
            }
            try await user.signOutEverywhere(token, at: servers[here])
            let acknowledged = ContinuousClock.now
            let others = servers.indices.filter { $0 != here }
            let answers: [(Duration, LagReport)] = try await withThrowingTaskGroup(of: (Duration, LagReport).self) {
                group in
                for server in others {
                    group.addTask { try await untilRefused(token, at: server, since: acknowledged) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (lag, asked) in answers {
                report.lags.append(lag / .milliseconds(1))
                report.checks += asked.checks
                report.statements += asked.statements
            }
        }
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return report
    }

    /// How long after the acknowledgement the answer was there that refused the token.
    private func untilRefused(
        _ token: String, at server: Int, since start: ContinuousClock.Instant
    ) async throws -> (Duration, LagReport) {
        var asked = LagReport(rounds: 0, others: 0)
        while try await check(token, at: server, &asked) {
            guard ContinuousClock.now < start + .seconds(30) else {
                throw Failure(
                    "\(servers[server]) still takes a token that was revoked 30 s ago",
                    hint: "see whether it runs with '--revocations off', and what its /readyz says")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        return (ContinuousClock.now - start, asked)
    }

    /// Whether a server takes the token.
    private func check(_ token: String, at server: Int, _ report: inout LagReport) async throws -> Bool {
        let answer = try await clients[server].send(
            Request(url: servers[server] + "/api/me", headers: [Header("Authorization", "Bearer \(token)")]))
        report.checks += 1
        report.statements += answer.response.serverTiming?.db ?? 0
        switch (answer.status, answer.json("code")) {
        case (200, _): return true
        case (401, "token_revoked"): return false
        default:
            throw Failure(
                "\(servers[server]) answered \(answer.status) \(answer.json("code") ?? "")",
                hint: "see its log for the reason")
        }
    }
}

/// A user whom nobody else knows.
struct LagUser {
    private let name: String
    private let password: String
    private let client = Client()

    init(at server: String) async throws {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        name = "lag-\(digits)"
        password = "a password of \(digits)"
        _ = try await post(server, "/api/register", ["username": name, "password": password], expecting: 201)
    }

    /// An access token.
    func signIn(at server: String) async throws -> String {
        let answer = try await post(server, "/api/login", ["username": name, "password": password], expecting: 200)
        guard let token = answer.json("access_token") else {
            throw Failure("\(server) gave no access token", hint: "see whether it is one of these servers")
        }
        return token
    }

    func signOutEverywhere(_ token: String, at server: String) async throws {
        _ = try await post(server, "/api/logout-everywhere", [:], token: token, expecting: 204)
    }

    private func post(
        _ server: String, _ path: String, _ body: KeyValuePairs<String, String>, token: String? = nil,
        expecting status: Int
    ) async throws -> Exchange {
        let headers =
            [Header("Content-Type", "application/json")]
            + (token.map { [Header("Authorization", "Bearer \($0)")] } ?? [])
        let answer = try await client.send(
            Request(method: "POST", url: server + path, headers: headers, body: Array(jsonObject(body).utf8)))
        guard answer.status == status else {
            throw Failure(
                "\(server)\(path) answered \(answer.status) \(answer.json("code") ?? "")",
                hint: "see its log for the reason")
        }
        return answer
    }
}
