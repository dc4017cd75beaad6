import History

/// A history that nobody lived through: each entry takes one millisecond, and begins one after the other began.
struct MadeUpHistory {
    private(set) var events: [Event] = []
    /// When servers could not hear of revocations.
    private(set) var silences: [Silence] = []
    private var time = 0

    /// A token of a session with a count.
    static func token(_ session: String, _ count: Int, _ id: String) -> TokenFacts {
        TokenFacts(session: session, count: count, id: id)
    }

    /// Adds an entry after all others, which takes a millisecond unless said otherwise.
    ///
    /// - Parameter begunBefore: how many milliseconds earlier it was begun: at the same time as others then.
    mutating func add(
        _ operation: Operation, _ answer: Answer, begunBefore: Int = 0, user: String = "anna",
        at server: String = "bank"
    ) {
        time += 2
        events.append(
            Event(
                user: user, server: server, operation: operation, answer: answer,
                begin: (time - begunBefore) * 1_000_000, end: (time + 1) * 1_000_000))
    }

    /// Lets seconds pass.
    mutating func wait(seconds: Int) { time += seconds * 1000 }

    /// What happens within it happens while a server cannot hear of revocations.
    mutating func silence(
        at server: String = "bank", _ build: (inout MadeUpHistory) -> Void
    ) {
        time += 2
        let begin = time * 1_000_000
        build(&self)
        time += 2
        silences.append(Silence(server: server, begin: begin, end: time * 1_000_000))
    }

    /// The answer with an access token, of the same id with an `a`, and this refresh token.
    static func tokens(_ refresh: TokenFacts) -> Answer {
        var access = refresh
        access.id += "a"
        return .tokens(access: access, refresh: refresh)
    }

    /// A sign-in that gives this refresh token.
    mutating func signIn(_ refresh: TokenFacts, password: Int = 0) {
        add(.signIn(password: password), Self.tokens(refresh))
    }

    /// A refresh that gives another token.
    mutating func refresh(_ old: TokenFacts, to new: TokenFacts, begunBefore: Int = 0) {
        add(.refresh(old), Self.tokens(new), begunBefore: begunBefore)
    }

    /// A refresh that is refused.
    mutating func refused(_ token: TokenFacts, _ code: String = "token_revoked", begunBefore: Int = 0) {
        add(.refresh(token), .refused(code), begunBefore: begunBefore)
    }

    /// A change of password from 0 to 1, which gives this token.
    mutating func change(_ token: TokenFacts, to new: TokenFacts) {
        add(.changePassword(token, from: 0, to: 1), Self.tokens(new))
    }
}

/// The names of the rules that a history breaks, each once.
func broken(
    _ rule: Checker.Rule = .count, accessBound: Duration? = nil, stored: [String: StoredUser]? = nil,
    _ build: (inout MadeUpHistory) -> Void
) -> [String] {
    var history = MadeUpHistory()
    build(&history)
    // In whatever order they are given.
    let violations = Checker(rule: rule, accessBound: accessBound, silences: history.silences)
        .violations(in: history.events.reversed(), stored: stored)
    return Set(violations.map(\.rule)).sorted()
}

let a0 = MadeUpHistory.token("A", 0, "a0")
let a1 = MadeUpHistory.token("A", 0, "a1")
let a2 = MadeUpHistory.token("A", 0, "a2")
let a3 = MadeUpHistory.token("A", 0, "a3")
let b0 = MadeUpHistory.token("B", 0, "b0")
let b1 = MadeUpHistory.token("B", 1, "b1")
/// Of session A, under the next count.
let a9 = MadeUpHistory.token("A", 1, "a9")
