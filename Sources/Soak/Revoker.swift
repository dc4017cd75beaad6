import Harness
import History

/// Revokes tokens of its own at one server, and asks the other. All of it stands in the record, as what visitors do.
struct Revoker: Sendable {
    private let probe: Account
    /// Who asks the server that is cut off, and nobody else if it is down.
    private let here: Caller
    /// Who asks the other one.
    private let other: Caller

    init(_ probe: Account, here: ServerProcess, other: ServerProcess, _ ground: Ground, _ record: Record) {
        self.probe = probe
        self.here = Caller(ground, [here], record)
        self.other = Caller(ground, [other], record)
    }

    /// A new access token of the other server, which this one has found good.
    func token() async throws -> HeldToken {
        while true {
            let outcome = try await other.signIn(probe, password: 0, at: 0)
            guard let token = outcome.access else {
                guard outcome.answer.isPassing else { throw unexpected(outcome.answer) }
                // Until the server, which may be killed meanwhile, and its database are there.
                try await Task.sleep(for: .milliseconds(10))
                continue
            }
            if try await isTaken(token) { return token }
        }
    }

    /// Has it revoked by the other server, and returns when that was acknowledged.
    func revoke(_ token: HeldToken, endsSession: Bool) async throws {
        while true {
            let outcome =
                endsSession
                ? try await other.signOut(probe, token, at: 0)
                : try await other.signOutEverywhere(probe, token, at: 0)
            switch outcome.answer {
            // Refused: an attempt that was not answered was done.
            case .done, .refused("token_revoked"): return
            case let answer where answer.isPassing: try await Task.sleep(for: .milliseconds(10))
            default: throw unexpected(outcome.answer)
            }
        }
    }

    /// Whether the server takes it that is cut off.
    func isTaken(_ token: HeldToken) async throws -> Bool {
        while true {
            let outcome = try await here.check(probe, token, at: 0)
            switch outcome.answer {
            case .done: return true
            case .refused: return false
            case let answer where answer.isPassing: try await Task.sleep(for: .milliseconds(10))
            default: throw unexpected(outcome.answer)
            }
        }
    }

    private func unexpected(_ answer: Answer) -> HarnessError { .misuse("a revoked token's fate: \(answer)") }
}

extension Answer {
    /// Whether to ask again is all that there is to do.
    fileprivate var isPassing: Bool {
        switch self {
        case .lost, .doubtful, .unavailable: true
        default: false
        }
    }
}
