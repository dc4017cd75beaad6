import Tokens

/// What a session remembers of a refresh token that was issued for it: enough to know it again, and to issue that same
/// token once more.
public struct RefreshStamp: Sendable, Equatable {
    /// ``RefreshStamp/hash(of:)`` of the token's id.
    public let hash: String
    /// `iat`: when it was issued, in whole seconds since 1970.
    public let issuedAt: Int
    /// `iss`: the server that issued it.
    public let issuer: String

    /// A stamp as a store has read it.
    public init(hash: String, issuedAt: Int, issuer: String) {
        self.hash = hash
        self.issuedAt = issuedAt
        self.issuer = issuer
    }

    /// The hash by which a refresh token is known: the SHA-256 of its `jti`, in base64url.
    ///
    /// The `jti` is unique to a token and covered by its signature, and it stays the same when the token is signed again
    /// with a newer key. So it stands for the whole token, and a database that is stolen tells of no token.
    static func hash(of tokenID: String) -> String {
        Base64URL.encode(sha256(tokenID))
    }

    /// The `jti` of the token that comes after the one with this `jti`.
    ///
    /// It follows from the old one, so that whoever exchanges a token, however often and at whichever server, comes to
    /// the same next one; nobody has to keep it. Knowing it is worth nothing without the key that signs.
    static func successor(of tokenID: String) -> String {
        Base64URL.encode(Array(sha256("the next after \(tokenID)").prefix(16)))
    }
}

/// A refresh token that came to be exchanged, and the one that is to follow it.
public struct RefreshExchange: Sendable, Equatable {
    /// The user whose token it says it is.
    public let user: UserID
    /// The session it says it is of.
    public let session: SessionID
    /// The count it carries.
    public let count: Int
    /// The hash by which it is known.
    public let presented: String
    /// The token that is to follow.
    public let successor: RefreshStamp
    /// When it came, in whole seconds since 1970.
    public let time: Int
    /// For how many seconds a predecessor may come again.
    public let grace: Int

    /// An exchange.
    public init(
        user: UserID, session: SessionID, count: Int, presented: String, successor: RefreshStamp, time: Int, grace: Int
    ) {
        self.user = user
        self.session = session
        self.count = count
        self.presented = presented
        self.successor = successor
        self.time = time
        self.grace = grace
    }
}

/// What came of an exchange.
public enum RefreshOutcome: Sendable, Equatable {
    /// The token was the session's current one. Its successor is that from now on.
    case rotated(userName: UserName)
    /// The token is the immediate predecessor, within the grace. Nothing was changed; this is the current one.
    case repeated(userName: UserName, current: RefreshStamp)
    /// The token was good once and has had its successor for longer than the grace, or several: somebody has a copy.
    /// The session has been ended for it, just now.
    case reused
    /// The user, the session or the count is not, or not any more, what the token says.
    case refused
}
