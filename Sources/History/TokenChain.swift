/// What became of a user's refresh tokens, where each is replaced by its first use.
struct TokenChain {
    private let grace: Int?
    /// By token, when a use of it was first acknowledged.
    private let used: [String: Int]
    /// By token, when something was first begun that may have used it.
    private let uses: [String: Int]
    /// The refresh tokens that came of each.
    let successors: [String: Set<String>]
    /// By session, when the use of an old token was first answered with its end.
    private let reused: [String: Int]
    /// By session, when something was first begun that may have ended it so.
    private var reuses: [String: Int] = [:]

    /// Servers' clocks count whole seconds, so either end of the grace may be one off; and one more for a machine that is
    /// busy.
    private static let slack = 2

    init(_ events: [Event], rule: Checker.Rule) {
        grace = if case .rotation(let grace) = rule { grace } else { nil }
        used = events.earliest(\.end) { $0.succeeded ? $0.refreshed?.id : nil }
        uses = events.earliest(\.begin) { $0.mayHaveBeenDone ? $0.refreshed?.id : nil }
        var successors: [String: Set<String>] = [:]
        for event in events {
            guard let token = event.refreshed, case .tokens(_, let next) = event.answer else { continue }
            successors[token.id, default: []].insert(next.id)
        }
        self.successors = successors
        reused = events.earliest(\.end) { $0.answer == .refused(Self.reuseCode) ? $0.refreshed?.session : nil }
        guard grace != nil else { return }
        reuses = events.earliest(\.begin) { event in
            guard let token = event.refreshed else { return nil }
            switch event.answer {
            case .refused(Self.reuseCode): return mayBeOld(token, before: event.end) ? token.session : nil
            case .lost, .doubtful, .unexpected: return mayHaveBeenOld(in: event) ? token.session : nil
            default: return nil
            }
        }
    }

    /// What the use of an old token is answered.
    static let reuseCode = "token_reused"

    /// Whether the token may have been too old for a use that ended before this time: its successor was used, or its
    /// grace was over.
    func mayBeOld(_ token: TokenFacts, before time: Int) -> Bool {
        guard let grace else { return false }
        if successors[token.id, default: []].contains(where: { uses[$0].map { $0 < time } ?? false }) { return true }
        guard let first = uses[token.id] else { return false }
        return time - first > Self.nanoseconds(grace - Self.slack)
    }

    /// The same of an event without an answer, which may be done at any time: also if its token had been used before it.
    private func mayHaveBeenOld(in event: Event) -> Bool {
        guard let token = event.refreshed else { return false }
        return successors[token.id, default: []].contains { uses[$0] != nil }
            || uses[token.id].map { $0 < event.begin } ?? false
    }

    /// Whether the token was certainly too old for a use that began at this time, and why.
    func isOld(_ token: TokenFacts, at time: Int) -> String? {
        guard let grace else { return nil }
        if successors[token.id, default: []].contains(where: { used[$0].map { $0 < time } ?? false }) {
            return "its successor had been used"
        }
        guard let first = used[token.id], time - first > Self.nanoseconds(grace + Self.slack) else { return nil }
        return "it had been replaced more than \(grace) s before"
    }

    /// Whether the session was known, before this time, to have been ended by an old token.
    func isEnded(_ session: String, before time: Int) -> Bool {
        grace != nil && reused[session].map { $0 < time } ?? false
    }

    /// Whether a use of an old token, begun before this time, may have ended the session.
    func mayBeEnded(_ session: String, before time: Int) -> Bool { reuses[session].map { $0 < time } ?? false }

    private static func nanoseconds(_ seconds: Int) -> Int { seconds * 1_000_000_000 }
}

extension Event {
    /// The refresh token that was to be exchanged.
    var refreshed: TokenFacts? {
        if case .refresh(let token) = operation { token } else { nil }
    }
}
