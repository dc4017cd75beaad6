/// Checks tokens by their signature and their claims alone: no clock, no network, no database.
///
/// It applies the rules of RFC 8725 (JWT best current practices): one algorithm, one key per `kid`, explicit types,
/// issuer and audience, and no text that two readers could read differently.
public struct TokenVerifier: Sendable {
    private let keys: KeyRing
    private let audience: String
    private let issuers: [String]
    private let leeway: Int

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
    }

    /// Verifies a token of one kind.
    ///
    /// The signature is checked before anything of the payload is read.
    ///
    /// - Parameters:
    ///   - token: the token as it came, in ASCII.
    ///   - kind: ``AccessClaims`` or ``RefreshClaims``.
    ///   - now: the time, in whole seconds since 1970.
    /// - Returns: the verified token; there is no other way to get one.
    /// - Throws: the first rule that the token failed.
    public func verify<Claims: TokenClaims>(
        _ token: some Sequence<UInt8>, as kind: Claims.Type, at now: Int
    ) throws(TokenError) -> VerifiedToken<Claims> {
        let parts = try CompactToken(Array(token))
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
        return VerifiedToken(claims: claims, keyID: key.id)
    }
}

/// A token that a ``TokenVerifier`` accepted. Only a verifier can make one, so code that asks for a verified token
/// cannot be given anything else.
public struct VerifiedToken<Claims: TokenClaims>: Sendable {
    /// What the token says.
    public let claims: Claims
    /// The key that signed it.
    public let keyID: String

    fileprivate init(claims: Claims, keyID: String) {
        self.claims = claims
        self.keyID = keyID
    }
}
