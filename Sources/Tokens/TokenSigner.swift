/// Issues tokens: it signs claims with the first key of a ring.
public struct TokenSigner: Sendable {
    private let key: Key

    /// A signer with the ring's signing key.
    public init(keys: KeyRing) {
        key = keys.signingKey
    }

    /// The token that carries `claims`, in the JWS compact serialization (RFC 7515 section 7.1): ASCII, three parts.
    ///
    /// - Throws: ``TokenError/malformed`` if no verifier would take the token: a string is empty, a number negative or
    ///   over 2^53-1, it expires before it is issued, or the token is over 4 KiB.
    public func sign(_ claims: some TokenClaims) throws(TokenError) -> String {
        let session = claims.session
        let texts = [session.issuer, session.audience, session.subject, session.sessionID, session.tokenID]
        let numbers = [session.count, session.issuedAt, session.expiresAt]
        guard texts.allSatisfy({ !$0.isEmpty }), claims.name?.isEmpty != true,
            numbers.allSatisfy({ (0...JSONValue.largestInteger).contains($0) }),
            session.expiresAt > session.issuedAt
        else { throw .malformed }
        var token = Base64URL.encodedBytes(Header.bytes(key: key, type: type(of: claims).type))
        token.append(UInt8(ascii: "."))
        token.append(contentsOf: Base64URL.encodedBytes(claims.payload))
        let signature = HS256.signature(of: token, key: key)
        token.append(UInt8(ascii: "."))
        token.append(contentsOf: Base64URL.encodedBytes(signature))
        guard token.count <= CompactToken.maximumLength else { throw .malformed }
        return String(decoding: token, as: UTF8.self)
    }
}
