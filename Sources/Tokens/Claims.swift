/// What both tokens say (RFC 7519 section 4): who, in which session, with which count, from when to when.
public struct SessionClaims: Sendable, Equatable {
    /// `iss`: the server that issued the token, such as `bank`.
    public var issuer: String
    /// `aud`: the cluster's name.
    public var audience: String
    /// `sub`: the user's id, an opaque string.
    public var subject: String
    /// `sid`: the sign-in session, one per device. Empty in ``ResetClaims``, which belong to none.
    public var sessionID: String
    /// `count`: the live version of the user's tokens when this one was issued, from 0 up.
    public var count: Int
    /// `iat`: when it was issued, in whole seconds since 1970.
    public var issuedAt: Int
    /// `exp`: from when on it is no longer accepted, in whole seconds since 1970.
    public var expiresAt: Int
    /// `auth_time`: when the user signed in, in whole seconds since 1970 (OpenID Connect Core section 2); nil in tokens
    /// that do not tell. It stays the same however often the session's tokens are renewed.
    public var authenticatedAt: Int?
    /// `jti`: the token's own id.
    public var tokenID: String

    /// All of them. Strings are not empty; numbers are in 0...2^53-1; `expiresAt` is after `issuedAt`.
    public init(
        issuer: String, audience: String, subject: String, sessionID: String, count: Int, issuedAt: Int,
        expiresAt: Int, authenticatedAt: Int? = nil, tokenID: String
    ) {
        self.issuer = issuer
        self.audience = audience
        self.subject = subject
        self.sessionID = sessionID
        self.count = count
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.authenticatedAt = authenticatedAt
        self.tokenID = tokenID
    }
}

/// The claims of one kind of token. There are three kinds, ``AccessClaims``, ``RefreshClaims`` and ``ResetClaims``, and
/// a verifier is asked for one of them, so that none can be taken for another.
public protocol TokenClaims: Sendable, Equatable {
    /// The header's `typ` (RFC 7515 section 4.1.9).
    static var type: String { get }
    /// Whether it belongs to a sign-in session, and so carries `sid`.
    static var isOfSession: Bool { get }
    /// What all kinds say.
    var session: SessionClaims { get }
    /// The user name, in the kind that carries it.
    var name: String? { get }
    /// Claims as they were read from a payload; nil if `name` is missing where it is needed.
    init?(session: SessionClaims, name: String?)
}

extension TokenClaims {
    /// Yes, unless a kind says otherwise.
    public static var isOfSession: Bool { true }
}

/// The claims of an access token: short-lived, checked by its signature alone (`typ` `at+jwt`, as in RFC 9068).
public struct AccessClaims: TokenClaims {
    /// `at+jwt`.
    public static let type = "at+jwt"
    /// What all kinds of token say.
    public var session: SessionClaims
    /// `name`: the user name, so that a page needs no look-up.
    public var userName: String

    /// The claims of an access token.
    public init(session: SessionClaims, userName: String) {
        self.session = session
        self.userName = userName
    }

    /// Claims as read from a payload: nil without a name.
    public init?(session: SessionClaims, name: String?) {
        guard let name else { return nil }
        self.init(session: session, userName: name)
    }

    /// The user name.
    public var name: String? { userName }
}

/// The claims of a refresh token: long-lived, good while its count and its session are (`typ` `rt+jwt`).
public struct RefreshClaims: TokenClaims {
    /// `rt+jwt`.
    public static let type = "rt+jwt"
    /// What all kinds of token say.
    public var session: SessionClaims

    /// The claims of a refresh token.
    public init(session: SessionClaims) {
        self.session = session
    }

    /// Claims as read from a payload; a name is not looked at.
    public init?(session: SessionClaims, name: String?) {
        self.init(session: session)
    }

    /// None: a refresh token carries no name.
    public var name: String? { nil }
}
