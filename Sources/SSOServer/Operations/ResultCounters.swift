import Metrics
import Synchronization

/// Counts one kind of event by its result. The counter of a result is made once: looking it up anew costs more than a
/// token check.
final class ResultCounters: Sendable {
    /// Checks of access tokens.
    static let tokenChecks = ResultCounters("sso_token_checks_total")
    /// Checks of session ids, on a server that keeps sessions.
    static let sessionChecks = ResultCounters("sso_session_checks_total")
    /// Sign-ins.
    static let signIns = ResultCounters("sso_sign_ins_total")
    /// Renewals on the way of a page.
    static let renewals = ResultCounters("sso_renewals_total")
    /// Refreshes by programs.
    static let refreshes = ResultCounters("sso_refreshes_total")
    /// Passwords set with the token of a mail.
    static let resets = ResultCounters("sso_password_resets_total")

    private let label: String
    private let succeeded: Counter
    private let failed = Mutex<[String: Counter]>([:])

    private init(_ label: String) {
        self.label = label
        succeeded = Counter(label: label, dimensions: [("result", "ok")])
    }

    /// Counts one that went well.
    func succeed() { succeeded.increment() }

    /// Counts one that did not, by the code of its problem.
    func fail(_ error: any Error) {
        let code = Problem(error)?.code ?? Problem.internalError.code
        let counter = failed.withLock { counters in
            if let known = counters[code] { return known }
            let new = Counter(label: label, dimensions: [("result", code)])
            counters[code] = new
            return new
        }
        counter.increment()
    }
}
