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
            + "own with the same pragmas (WAL, synchronous=FULL). SQLite lets one writer in at a time, so eight callers of "
            + "the bare transaction would be no faster than one, and eight of ours show what a renewal takes of a server. "
            + "Calls are made on the spot while the disk is faster than a change of threads; else the file has a thread of "
            + "its own, so that no request waits for another's disk.")
    return result
}

private func measureRenewal(_ bench: Bench, in folder: String, _ result: inout SectionResult) async throws {
    let ours = try await ManyUsers(1000, in: "\(folder)/renewals.sqlite")
    _ = try await ManyUsers(1000, in: "\(folder)/bare.sqlite")
    let store = try DatabaseURL(ours.database).open()
    let bare = try SQLiteFile("\(folder)/bare.sqlite").prepare(
        """
        UPDATE sessions SET
            previous_refresh_hash = ?4, refresh_hash = ?4, refreshed_at = ?1, refreshed_by = 'bank',
            last_used_at = max(last_used_at, ?1)
        WHERE id = ?2 AND user_id = ?3 AND ended_at IS NULL AND (refresh_hash = ?4 OR refresh_hash IS NULL)
            AND (SELECT users.count FROM users WHERE users.id = user_id) = 0
        RETURNING (SELECT username FROM users WHERE users.id = user_id)
        """)
    let calls = bench.pick(200, quick: 50)
    /// Microseconds that each of many renewals takes.
    func microseconds(_ renew: ([SessionClaims]) async throws -> Void) async throws -> Double {
        let sessions = (0..<calls).map { _ in ManyUsers.session(ours.anyone()) }
        let start = ContinuousClock.now
        try await renew(sessions)
        return (ContinuousClock.now - start) / .microseconds(1) / Double(calls)
    }
    /// The store's renewals, by so many callers, each of whom waits for the end of their last one.
    func renewals(callers: Int) async throws -> Double {
        try await microseconds { sessions in
            try await withThrowingTaskGroup { group in
                for caller in 0..<callers {
                    group.addTask {
                        for place in stride(from: caller, to: sessions.count, by: callers) {
                            let session = sessions[place]
                            // A token that follows upon itself can be exchanged as often as one likes.
                            let stamp = RefreshStamp(
                                hash: session.tokenID, issuedAt: session.issuedAt + 1, issuer: "bank")
                            keep(
                                try await store.exchangeRefresh(
                                    RefreshExchange(
                                        user: UserID(rawValue: session.subject),
                                        session: SessionID(rawValue: session.sessionID), count: session.count,
                                        presented: stamp.hash, successor: stamp, time: stamp.issuedAt, grace: 30)))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
    let figures = try await bench.compete(
        [
            Contender("the bare transaction", .limit, .microseconds) {
                try await microseconds { sessions in
                    for session in sessions {
                        try bare.run(session.issuedAt + 1, session.sessionID, session.subject, session.tokenID)
                    }
                }
            },
            Contender("ours: renew", .ours, .microseconds) { try await renewals(callers: 1) },
            Contender("ours: renew, eight callers", .ours, .microseconds) { try await renewals(callers: 8) },
        ], rounds: bench.pick(25, quick: 7))
    await store.close()
    result.figures += figures.all
    guard let limit = figures["the bare transaction"], let alone = figures["ours: renew"],
        let together = figures["ours: renew, eight callers"]
    else { return }
    result.rows += [
        Row("renewal, eight callers : bare transaction", together, over: limit, aim: .atMost(2.0)),
        Row("renewal, one caller : bare transaction", alone, over: limit, aim: .atMost(2.0)),
    ]
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
