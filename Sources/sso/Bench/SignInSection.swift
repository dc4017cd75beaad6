import COpenSSL
import Curl
import Foundation
import Harness
import Holdings
import Identity
import Stores
import Tokens

/// What a sign-in costs beside its password hash, and a renewal beside its transaction.
func measureSignIn(_ bench: Bench) async throws -> SectionResult {
    var result = SectionResult(.signin)
    var options = Cluster.Options()
    options.scrypt = nil
    try await Cluster.with(options) { cluster in
        let visitor = Visitor.program(named: "customer")
        let password = "a good password"
        try await visitor.register(at: cluster.bank, username: "customer", password: password)
        let figures = try await bench.compete(
            [
                Contender("the bare password hash", .limit, .milliseconds) { scryptMilliseconds(password) },
                Contender("ours: sign in", .ours, .milliseconds) {
                    let exchange = try await visitor.signIn(
                        at: cluster.bank, username: "customer", password: password)
                    guard exchange.status == 200 else {
                        throw Failure("a sign-in was answered with \(exchange.status)", hint: "see the bank's log")
                    }
                    return exchange.timings.total * 1000
                },
            ], rounds: bench.pick(25, quick: 7))
        result.figures += figures.all
        if let hash = figures["the bare password hash"], let signIn = figures["ours: sign in"] {
            result.rows.append(Row("bare password hash : sign-in", signIn, under: hash, aim: .atLeast(0.95)))
        }
        try await measureRenewal(bench, in: cluster.folder, &result)
    }
    result.notes.append(
        "signin: over HTTP at the recommended cost, scrypt 15,8,3, beside the same scrypt called in the bench; a renewal "
            + "is the store's call, beside the same statement, prepared once, through SQLite's own calls, on a file of its "
            + "own with the same pragmas (WAL, synchronous=FULL).")
    return result
}

private func measureRenewal(_ bench: Bench, in folder: String, _ result: inout SectionResult) async throws {
    let ours = try await ManyUsers(1000, in: "\(folder)/renewals.sqlite")
    _ = try await ManyUsers(1000, in: "\(folder)/bare.sqlite")
    let store = try DatabaseURL(ours.database).open()
    let bare = try SQLiteFile("\(folder)/bare.sqlite").prepare(
        """
        UPDATE sessions SET last_used_at = max(last_used_at, ?) WHERE id = ? AND user_id = ?
        RETURNING
            ended_at,
            (SELECT username FROM users WHERE users.id = user_id) AS username,
            (SELECT users.count FROM users WHERE users.id = user_id) AS count
        """)
    let calls = bench.pick(200, quick: 50)
    func microseconds(_ renew: (_ session: String, _ user: String, _ time: Int) async throws -> Void) async throws
        -> Double
    {
        let sessions = (0..<calls).map { _ in ManyUsers.session(ours.anyone()) }
        let start = ContinuousClock.now
        for session in sessions { try await renew(session.sessionID, session.subject, session.issuedAt + 1) }
        return (ContinuousClock.now - start) / .microseconds(1) / Double(calls)
    }
    let figures = try await bench.compete(
        [
            Contender("the bare transaction", .limit, .microseconds) {
                try await microseconds { session, user, time in try bare.run(time, session, user) }
            },
            Contender("ours: renew", .ours, .microseconds) {
                try await microseconds { session, user, time in
                    keep(
                        try await store.useSession(
                            SessionID(rawValue: session), of: UserID(rawValue: user), at: time))
                }
            },
        ], rounds: bench.pick(25, quick: 7))
    await store.close()
    result.figures += figures.all
    if let limit = figures["the bare transaction"], let renewal = figures["ours: renew"] {
        result.rows.append(Row("renewal : bare transaction", renewal, over: limit, aim: .atMost(2.0)))
    }
}

/// The same scrypt that the servers compute, at the recommended cost.
private func scryptMilliseconds(_ password: String) -> Double {
    let (cost, salt) = (ScryptCost.recommended, [UInt8](repeating: 7, count: 16))
    var hash = [UInt8](repeating: 0, count: 32)
    return nanosecondsPerCall(1) {
        let done = EVP_PBE_scrypt(
            password, password.utf8.count, salt, salt.count, 1 << UInt64(cost.log2N), UInt64(cost.blockSize),
            UInt64(cost.parallelization), 64 << 20, &hash, hash.count)
        precondition(done == 1, "there is memory for one hash")
    } / 1e6
}
