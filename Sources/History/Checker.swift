/// Whether a history of operations keeps what the cluster promises.
///
/// Servers are asked by many at once, and killed meanwhile, so nobody knows in which order things were done. What is
/// known: an operation is done, if at all, after it was asked for, and before its answer was there. So a rule is only
/// broken where every order that is possible breaks it. An operation without an answer may have been done or not, once,
/// at any time after it was asked for.
public struct Checker: Sendable {
    /// How refresh tokens are replaced.
    public enum Rule: Sendable, Equatable {
        /// Every refresh token of a session is good while the user's count is its own.
        case count
        /// Each refresh token is replaced by its first use. The one before the newest gives the same successor for this
        /// many seconds, and no other; an older one ends the session.
        case rotation(grace: Int)
    }

    /// One thing that cannot be, told for a person.
    public struct Violation: Sendable, Equatable, CustomStringConvertible {
        /// The rule's name, such as `revoked token accepted`.
        public let rule: String
        /// What happened.
        public let story: String

        /// The rule and the story in a line.
        public var description: String { "\(rule): \(story)" }
    }

    let rule: Rule
    /// Within how many nanoseconds of an acknowledged revocation every server refuses the access tokens that it is about;
    /// nil where access tokens live until they expire.
    let accessBound: Int?
    let silences: Silences

    /// A checker for a cluster with this rule.
    ///
    /// - Parameters:
    ///   - accessBound: within what time of an acknowledged revocation every server refuses the access tokens that it is
    ///     about; nil where access tokens live until they expire.
    ///   - silences: when servers could not hear of revocations.
    public init(rule: Rule, accessBound: Duration? = nil, silences: [Silence] = []) {
        self.rule = rule
        self.silences = Silences(silences)
        self.accessBound = accessBound.map { Int($0 / .nanoseconds(1)) }
    }

    /// All violations in a history.
    ///
    /// - Parameters:
    ///   - history: in any order; of each user from their registration on, with the password 0.
    ///   - stored: what the database says of each user afterwards; nil where nobody looked.
    public func violations(in history: [Event], stored: [String: StoredUser]? = nil) -> [Violation] {
        let byUser = Dictionary(grouping: history, by: \.user)
        let users = Set(byUser.keys).union(stored.map { Set($0.keys) } ?? [])
        return users.sorted().flatMap { user -> [Violation] in
            let past = UserHistory(byUser[user] ?? [], rule: rule)
            let rules = [answers, counts, issuing, revocations, accessRevocations, refusals, passwords, rotation]
            var violations = rules.flatMap { $0(past) }
            if let stored { violations += database(past, stored[user], user) }
            return violations
        }
    }
}

extension Checker.Violation {
    init(_ rule: String, _ event: Event, _ because: String = "") {
        self.rule = rule
        let milliseconds = { (time: Int) in time / 1_000_000 }
        story =
            "\(event.user) at \(event.server), \(milliseconds(event.begin))-\(milliseconds(event.end)) ms: "
            + "\(event.operation) was answered \(event.answer)" + (because.isEmpty ? "" : "; \(because)")
    }

    init(_ rule: String, _ story: String) {
        self.rule = rule
        self.story = story
    }
}
