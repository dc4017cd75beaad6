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
        /// By how many seconds other servers' clocks may be ahead of this one's.
        public var leeway: Int

        /// All of them.
        public init(
            issuer: String, issuers: [String], audience: String, accessLife: Int, refreshLife: Int, leeway: Int = 5
        ) {
            self.issuer = issuer
            self.issuers = issuers
            self.audience = audience
            self.accessLife = accessLife
            self.refreshLife = refreshLife
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
        let session = claims(user, at: time, life: terms.accessLife)
        return try sign(AccessClaims(session: session, userName: user.name), life: terms.accessLife)
    }

    /// A refresh token. See ``accessToken(for:at:)``.
    func refreshToken(for user: SignedInUser, at time: Int) throws(TokenError) -> IssuedToken {
        try sign(
            RefreshClaims(session: claims(user, at: time, life: terms.refreshLife)), life: terms.refreshLife)
    }

    private func claims(_ user: SignedInUser, at time: Int, life: Int) -> SessionClaims {
        SessionClaims(
            issuer: terms.issuer, audience: terms.audience, subject: user.id.rawValue,
            sessionID: user.session.rawValue, count: user.count, issuedAt: time, expiresAt: time + life,
            tokenID: randomID())
    }

    private func sign(_ claims: some TokenClaims, life: Int) throws(TokenError) -> IssuedToken {
        IssuedToken(text: try sign(claims), life: life)
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
}
