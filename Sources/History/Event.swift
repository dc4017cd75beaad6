/// A refresh or access token, as far as a history needs to know it.
public struct TokenFacts: Sendable, Hashable {
    /// `sid`: the session.
    public var session: String
    /// `count`: the user's count when it was issued.
    public var count: Int
    /// What tells the token from every other: its `jti`, and what else is its own.
    public var id: String

    /// What a token says of itself.
    public init(session: String, count: Int, id: String) {
        self.session = session
        self.count = count
        self.id = id
    }
}

/// What a visitor asked for.
public enum Operation: Sendable, Equatable {
    /// A sign-in. A password is a number: each that a user ever tries to have is another.
    case signIn(password: Int)
    /// New tokens for a refresh token.
    case refresh(TokenFacts)
    /// The end of the token's session.
    case signOut(TokenFacts)
    /// The end of all the user's sessions, asked for with an access token.
    case signOutEverywhere(TokenFacts)
    /// Another password, asked for with an access token.
    case changePassword(TokenFacts, from: Int, to: Int)
    /// Who somebody is, by an access token: `/api/me`.
    case check(TokenFacts)
}

/// What came back.
public enum Answer: Sendable, Equatable {
    /// New tokens.
    case tokens(access: TokenFacts, refresh: TokenFacts)
    /// It is done; for a check: the claims are those of this token.
    case done
    /// A refusal, by its code, such as `token_revoked`. Nothing was done, but what the code stands for.
    case refused(String)
    /// A 503 that says for certain that nothing was done.
    case unavailable
    /// A 503 of a server that lost its database meanwhile. If that was between a COMMIT and its answer, nobody knows
    /// whether it was done; or it is only done later.
    case doubtful
    /// No answer: the server was killed, and may have done it or not.
    case lost
    /// An answer that nothing explains, such as a 500.
    case unexpected(String)
}

/// One thing that one user's visitor did, and what was answered.
public struct Event: Sendable {
    /// Which user.
    public var user: String
    /// Which server was asked.
    public var server: String
    /// What for.
    public var operation: Operation
    /// What it said.
    public var answer: Answer
    /// When it was asked, by a clock that never jumps, in nanoseconds: it did nothing before.
    public var begin: Int
    /// When the answer was there: what it says was true by then. An operation without an answer may still be done later.
    public var end: Int

    /// One entry of a history.
    public init(user: String, server: String, operation: Operation, answer: Answer, begin: Int, end: Int) {
        self.user = user
        self.server = server
        self.operation = operation
        self.answer = answer
        self.begin = begin
        self.end = end
    }
}

/// What the database says of a user when all is quiet.
public struct StoredUser: Sendable, Equatable {
    /// Their count.
    public var count: Int
    /// Their sessions by id, and whether each has ended.
    public var sessions: [String: Bool]

    /// A look at the database.
    public init(count: Int, sessions: [String: Bool]) {
        self.count = count
        self.sessions = sessions
    }
}
