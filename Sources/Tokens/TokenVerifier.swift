/// Checks tokens by their signature and their claims alone: no clock, no network, no database.
///
/// It applies the rules of RFC 8725 (JWT best current practices): one algorithm, one key per `kid`, explicit types,
/// issuer and audience, and no text that two readers could read differently.
public struct TokenVerifier: Sendable {
    private let keys: KeyRing
    private let audience: String
    private let issuers: [String]
    private let leeway: Int
    private let accessShapes: [KnownShape]
    private let refreshShapes: [KnownShape]

    /// A verifier for one cluster.
    ///
    /// - Parameters:
    ///   - keys: the cluster's keys; every one of them verifies.
    ///   - audience: the cluster's name, which `aud` must be.
    ///   - issuers: the servers that may have issued a token.
    ///   - leeway: by how many seconds another machine's clock may be ahead, for `iat`. It never lengthens a
    ///     token's life: `exp` is taken as it stands.
    public init(keys: KeyRing, audience: String, issuers: [String], leeway: Int = 5) {
        self.keys = keys
        self.audience = audience
        self.issuers = issuers
        self.leeway = leeway
        accessShapes = keys.keys.map {
            KnownShape(AccessClaims.self, key: $0, audience: audience, issuers: issuers, leeway: leeway)
        }
        refreshShapes = keys.keys.map {
            KnownShape(RefreshClaims.self, key: $0, audience: audience, issuers: issuers, leeway: leeway)
        }
    }

    /// Verifies a token of one kind.
    ///
    /// The signature is checked before anything of the payload is read.
    ///
    /// - Parameters:
    ///   - token: the token as it came, in ASCII.
    ///   - kind: ``AccessClaims``, ``RefreshClaims`` or ``ResetClaims``.
    ///   - now: the time, in whole seconds since 1970.
    /// - Returns: the verified token; there is no other way to get one.
    /// - Throws: the first rule that the token failed.
    public func verify<Claims: TokenClaims>(
        _ token: String, as kind: Claims.Type, at now: Int
    ) throws(TokenError) -> VerifiedToken<Claims> {
        if Self.isKnown(kind), let content = known(token, isAccess: kind == AccessClaims.self, at: now) {
            return VerifiedToken(content)
        }
        return try verifyInGeneral(Array(token.utf8), as: kind, at: now)
    }

    /// Verifies a token of one kind, given as bytes. See ``verify(_:as:at:)-(String,_,_)``.
    public func verify<Claims: TokenClaims>(
        _ token: some Sequence<UInt8>, as kind: Claims.Type, at now: Int
    ) throws(TokenError) -> VerifiedToken<Claims> {
        let bytes = Array(token)
        if Self.isKnown(kind),
            let content = bytes.withUnsafeBytes({ known($0, isAccess: kind == AccessClaims.self, at: now) })
        {
            return VerifiedToken(content)
        }
        return try verifyInGeneral(bytes, as: kind, at: now)
    }

    /// The general way, rule by rule.
    func verifyInGeneral<Claims: TokenClaims>(
        _ token: [UInt8], as kind: Claims.Type, at now: Int
    ) throws(TokenError) -> VerifiedToken<Claims> {
        let parts = try CompactToken(token)
        let header = try Header(parts.header)
        guard header.algorithm.hasSameBytes(as: HS256.name) else { throw .wrongAlgorithm }
        guard let keyID = header.keyID, let key = keys.key(id: keyID) else { throw .unknownKey }
        guard HS256.isValid(parts.signature, of: parts.signingInput, key: key) else { throw .badSignature }
        guard let type = header.type, type.hasSameBytes(as: Claims.type) else { throw .wrongType }

        let claims = try Claims(payload: parts.payload)
        let session = claims.session
        guard issuers.contains(where: { $0.hasSameBytes(as: session.issuer) }) else { throw .wrongIssuer }
        guard session.audience.hasSameBytes(as: audience) else { throw .wrongAudience }
        guard now < session.expiresAt else { throw .expired }
        guard session.issuedAt <= now + leeway else { throw .notYetValid }
        return VerifiedToken(.decoded(claims.session, claims.name, keyID: key.id))
    }

    /// Whether the fast way knows this kind. A reset token is too rare to be worth it.
    private static func isKnown<Claims: TokenClaims>(_ kind: Claims.Type) -> Bool {
        kind == AccessClaims.self || kind == RefreshClaims.self
    }

    /// The fast way, for tokens as this cluster writes them; nil for any that it does not accept.
    private func known(_ token: String, isAccess: Bool, at now: Int) -> VerifiedContent? {
        // A String that came from elsewhere than Swift may have no bytes to point at.
        token.utf8.withContiguousStorageIfAvailable { known(UnsafeRawBufferPointer($0), isAccess: isAccess, at: now) }
            ?? nil
    }

    func known(_ token: UnsafeRawBufferPointer, isAccess: Bool, at now: Int) -> VerifiedContent? {
        for shape in isAccess ? accessShapes : refreshShapes {
            if let (payload, identity) = shape.verify(token, at: now) { return .payload(payload, shape, identity) }
        }
        return nil
    }
}
