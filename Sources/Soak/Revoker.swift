import Harness
import History

/// Revokes tokens of its own at one server, and asks the other. All of it stands in the record, as what visitors do.
struct Revoker: Sendable {
    private let probe: Account
    /// Who asks the server that is cut off, and nobody else if it is down.
    private let here: Caller
    /// The same, but does not wait for it.
    private let glance: Caller
    /// Who asks the other one.
    private let other: Caller

    init(_ probe: Account, here: ServerProcess, other: ServerProcess, _ ground: Ground, _ record: Record) {
        self.probe = probe
        self.here = Caller(ground, [here], record)
        glance = Caller(ground, [here], record, attempts: 1)
        self.other = Caller(ground, [other], record)
    }

    /// A new access token of the other server, which this one has found good.
    func token() async throws -> HeldToken {
        try await patiently("a token is good at both servers") {
            let outcome = try await other.signIn(probe, password: 0, at: 0)
            guard let token = outcome.access else { return try unlessPassing(outcome.answer) }
            return try await isTaken(token) ? token : nil
        }
    }

    /// Has it revoked by the other server, and returns when that was acknowledged.
    func revoke(_ token: HeldToken, endsSession: Bool) async throws {
        try await patiently("a revocation is acknowledged") {
            let outcome =
                endsSession
                ? try await other.signOut(probe, token, at: 0) : try await other.signOutEverywhere(probe, token, at: 0)
            switch outcome.answer {
            // Refused: an attempt that was not answered was done.
            case .done, .refused("token_revoked"): return ()
            default: return try unlessPassing(outcome.answer)
            }
        }
    }

    /// Whether the server that is cut off takes it now. If it was killed, it does not start until it is not cut off.
    func isTakenNow(_ token: HeldToken) async -> Bool {
        (try? await glance.check(probe, token, at: 0))?.answer == .done
    }

    /// Whether the server takes it that was cut off; if it was killed, when it is there again.
    func isTaken(_ token: HeldToken) async throws -> Bool {
        try await patiently("a token is taken or refused") {
            let outcome = try await here.check(probe, token, at: 0)
            switch outcome.answer {
            case .done: return true
            case .refused: return false
            default: return try unlessPassing(outcome.answer)
            }
        }
    }

    /// Again and again, as servers are killed meanwhile and their databases gone, until something comes of it.
    private func patiently<Value>(_ goal: String, _ body: () async throws -> Value?) async throws -> Value {
        let patience = Duration.seconds(60)
        let deadline = ContinuousClock.now + patience
        while true {
            if let value = try await body() { return value }
            guard .now < deadline else { throw HarnessError.timedOut(what: goal, after: patience) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Nil for an answer after which all that there is to do is to ask again.
    private func unlessPassing<Value>(_ answer: Answer) throws -> Value? {
        switch answer {
        case .lost, .doubtful, .unavailable: return nil
        default: throw HarnessError.misuse("a token that is revoked beside the rest was answered \(answer)")
        }
    }
}
