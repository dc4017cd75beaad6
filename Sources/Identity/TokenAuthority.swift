import Synchronization
public import Tokens

/// Issues and checks one server's tokens with the cluster's current keys. It needs neither network nor database.
public final class TokenAuthority: Sendable {
    /// What stays the same as long as the server runs.
    public struct Terms: Sendable {
        /// The server's name, `iss` in its tokens.
        public var issuer: String
        /// All servers whose tokens are accepted, this one among them.
        public var issuers: [String]
        /// The cluster's name, `aud`.
        public var audience: String
        /// How many seconds an access token lives, at least 1.
        public var accessLife: Int
        /// How many seconds a refresh token lives, at least 1.
        public var refreshLife: Int
        /// How many seconds after the sign-in the session's last token expires, however often they were renewed, at
        /// least 1.
        public var sessionLife: Int
        /// How refresh tokens are exchanged.
        public var refreshRule: RefreshRule
        /// By how many seconds other servers' clocks may be ahead of this one's.
        public var leeway: Int

        /// All of them.
        ///
        /// - Parameters:
        ///   - sessionLife: 30 days, unless another is given.
        ///   - refreshRule: rotation with a grace of 30 seconds, unless another is given.
        ///   - leeway: 5 seconds, unless others are given.
        public init(
            issuer: String, issuers: [String], audience: String, accessLife: Int, refreshLife: Int,
            sessionLife: Int = 2_592_000, refreshRule: RefreshRule = .rotation(grace: 30), leeway: Int = 5
        ) {
            self.issuer = issuer
            self.issuers = issuers
            self.audience = audience
            self.accessLife = accessLife
            self.refreshLife = refreshLife
            self.sessionLife = sessionLife
            self.refreshRule = refreshRule
            self.leeway = leeway
        }
    }

    /// What stays the same as long as the server runs.
    public let terms: Terms

    /// A class, so that who takes them out of the lock copies one reference.
    private final class Tools: Sendable {
        let signer: TokenSigner
        let verifier: TokenVerifier

        init(_ keys: KeyRing, _ terms: Terms) {
            signer = TokenSigner(keys: keys)
            verifier = TokenVerifier(
                keys: keys, audience: terms.audience, issuers: terms.issuers, leeway: terms.leeway)
        }
    }

    private let tools: Mutex<Tools>
    private let clock: @Sendable () -> Int

    /// An authority.
    ///
    /// - Parameter clock: gives the time in whole seconds since 1970.
    public init(keys: KeyRing, terms: Terms, clock: @escaping @Sendable () -> Int) {
        self.terms = terms
        self.clock = clock
        tools = Mutex(Tools(keys, terms))
    }

    /// The time by this authority's clock, in whole seconds since 1970.
    public var now: Int { clock() }

    /// Puts other keys in the place of the current ones, for every token from now on.
    public func replaceKeys(_ keys: KeyRing) {
        let tools = Tools(keys, terms)
        self.tools.withLock { $0 = tools }
    }

    /// Checks a token by itself: signature, type, issuer, audience and time.
    ///
    /// - Throws: the first rule that it failed.
    public func verify<Claims: TokenClaims>(
        _ token: String, as kind: Claims.Type
    ) throws(TokenError) -> VerifiedToken<Claims> {
        try tools.withLock { $0 }.verifier.verify(token, as: kind, at: now)
    }

    /// Signs any claims with the current key, whether or not they are true: for showing what tokens are.
    ///
    /// - Throws: `TokenError.malformed` as ``Tokens/TokenSigner/sign(_:)`` does.
    public func sign(_ claims: some TokenClaims) throws(TokenError) -> String {
        try tools.withLock { $0 }.signer.sign(claims)
    }

    /// An access token.
    ///
    /// - Parameter time: when it counts as issued, which must not be after its count was read.
    func accessToken(for user: SignedInUser, at time: Int) throws(TokenError) -> IssuedToken {
        try sign(AccessClaims(session: claims(user, at: time, life: terms.accessLife), userName: user.name))
    }

    /// A refresh token. See ``accessToken(for:at:)``.
    ///
    /// - Parameters:
    ///   - id: its `jti`.
    ///   - issuer: the server that issues it, if that is another: it did so, and the token is to be had once more.
    func refreshToken(
        for user: SignedInUser, at time: Int, id: String = randomID(), issuer: String? = nil
    ) throws(TokenError) -> IssuedToken {
        var session = claims(user, at: time, life: terms.refreshLife)
        session.tokenID = id
        session.issuer = issuer ?? terms.issuer
        return try sign(RefreshClaims(session: session))
    }

    private func claims(_ user: SignedInUser, at time: Int, life: Int) -> SessionClaims {
        let signedInAt = user.signedInAt ?? time
        return SessionClaims(
            issuer: terms.issuer, audience: terms.audience, subject: user.id.rawValue,
            sessionID: user.session.rawValue, count: user.count, issuedAt: time,
            expiresAt: min(time + life, signedInAt + terms.sessionLife), authenticatedAt: signedInAt,
            tokenID: randomID())
    }

    private func sign(_ claims: some TokenClaims) throws(TokenError) -> IssuedToken {
        IssuedToken(text: try sign(claims), life: claims.session.expiresAt - claims.session.issuedAt)
    }
}

/// A token that was just issued.
public struct IssuedToken: Sendable {
    /// The token: ASCII, three parts.
    public let text: String
    /// How many seconds it lives.
    public let life: Int
}

/// Who a token is for.
struct SignedInUser {
    let id: UserID
    let name: String
    let session: SessionID
    let count: Int
    /// When the session began, in whole seconds since 1970; nil if it begins now.
    var signedInAt: Int?
}
