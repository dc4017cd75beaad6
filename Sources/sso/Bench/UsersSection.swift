import Curl
import Harness
import Synchronization
import Tokens

/// Whether a million users are served like a thousand.
func measureUsers(_ bench: Bench) async throws -> SectionResult {
    var result = SectionResult(.users)
    guard let wrk = Wrk() else {
        result.missing.append("wrk")
        return result
    }
    try await withCrowd(1000, bench) { few in
        try await withCrowd(bench.pick(1_000_000, quick: 100_000), bench) { many in
            let crowds = [few, many]
            let seconds = bench.pick(3, quick: 1)
            let calls = bench.pick(200, quick: 60)
            let figures = try await bench.compete(
                crowds.map { crowd in
                    Contender(crowd.checks, crowd.kind, .requestsPerSecond) {
                        try await crowd.checksPerSecond(wrk, seconds: seconds)
                    }
                }
                    + crowds.map { crowd in
                        Contender(crowd.signIns, crowd.kind, .milliseconds) { try await crowd.signIn(calls) }
                    }
                    + crowds.map { crowd in
                        Contender(crowd.renewals, crowd.kind, .milliseconds) { try await crowd.renew(calls) }
                    }, rounds: bench.pick(9, quick: 3))
            result.figures = figures.all
            func compare(_ what: String, _ name: (Crowd) -> String, _ aim: Row.Aim) {
                guard let ours = figures[name(many)], let other = figures[name(few)] else { return }
                result.rows.append(
                    Row("\(what), \(decimal(Double(many.users.count))) : 1,000 users", ours, over: other, aim: aim))
            }
            compare("access checks", \.checks, .atLeast(0.9))
            compare("sign-in", \.signIns, .atMost(1.2))
            compare("renewal", \.renewals, .atMost(1.2))
        }
    }
    result.notes.append(
        "users: medians over HTTP, of random users, at scrypt \(ManyUsers.cost), so that the database is what counts.")
    return result
}

/// Runs a cluster on a database with that many users.
private func withCrowd(_ count: Int, _ bench: Bench, _ body: (Crowd) async throws -> Void) async throws {
    var options = Cluster.Options()
    options.scrypt = ManyUsers.cost
    try await Cluster.with(options) { cluster in
        await cluster.bank.stop()
        bench.progress.tell("making \(decimal(Double(count))) users")
        let users = try await ManyUsers(count, in: "\(cluster.folder)/sso.sqlite")
        try await cluster.bank.start()
        try await body(Crowd(users, at: cluster))
    }
}

/// A cluster and its users.
private final class Crowd: Sendable {
    let users: ManyUsers
    private let bank: String
    private let signer: TokenSigner
    private let client = Client()
    /// The refresh tokens of those who have renewed theirs: each is good once.
    private let newest = Mutex<[Int: String]>([:])

    init(_ users: ManyUsers, at cluster: Cluster) throws {
        self.users = users
        bank = cluster.bank.url
        signer = TokenSigner(keys: try KeyFile(path: cluster.bankKeys).read())
    }

    var kind: Figure.Kind { users.count == 1000 ? .limit : .ours }
    var checks: String { "ours: access checks, \(users.count) users" }
    var signIns: String { "ours: sign in, \(users.count) users" }
    var renewals: String { "ours: renew, \(users.count) users" }

    func checksPerSecond(_ wrk: Wrk, seconds: Int) async throws -> Double {
        let number = users.anyone()
        let claims = AccessClaims(session: ManyUsers.session(number), userName: ManyUsers.name(number))
        let header = "Authorization: Bearer \(try signer.sign(claims))"
        return try await wrk.run("\(bank)/api/me", seconds: seconds, headers: [header]).requestsPerSecond
    }

    func signIn(_ calls: Int) async throws -> Double {
        try await medianOfPosts(calls, to: "/api/login") {
            let number = users.anyone()
            return (number, jsonObject(["username": ManyUsers.name(number), "password": ManyUsers.password]))
        }
    }

    func renew(_ calls: Int) async throws -> Double {
        try await medianOfPosts(calls, to: "/api/refresh") {
            let number = users.anyone()
            let token =
                try newest.withLock { $0[number] }
                ?? signer.sign(RefreshClaims(session: ManyUsers.session(number)))
            return (number, jsonObject(["refresh_token": token]))
        }
    }

    /// The median time of a good answer, in milliseconds.
    private func medianOfPosts(
        _ calls: Int, to path: String, _ call: () throws -> (user: Int, json: String)
    ) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<calls {
            let (user, json) = try call()
            let request = Request(
                method: "POST", url: bank + path, headers: [Header("Content-Type", "application/json")],
                body: Array(json.utf8))
            let exchange = try await client.send(request)
            guard exchange.status == 200 else {
                throw Failure("\(path) answered \(exchange.status): \(exchange.text)", hint: "see the bank's log")
            }
            if path == "/api/refresh" {
                newest.withLock { $0[user] = exchange.json("refresh_token") }
            }
            times.append(exchange.timings.total * 1000)
        }
        return Figure(path, .ours, .milliseconds, times).median
    }
}
