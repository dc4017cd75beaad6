/// Issues tokens: it signs claims with the first key of a ring.
public struct TokenSigner: Sendable {
    private let key: Key
    private let access: Head
    private let refresh: Head

    /// What all tokens of one kind begin with, and the key's state after it.
    private struct Head: Sendable {
        let text: [UInt8]
        let state: HS256.State

        init(key: Key, type: String) {
            text = Header.encoded(key: key, type: type)
            state = key.state.absorbing(text)
        }
    }

    /// A signer with the ring's signing key.
    public init(keys: KeyRing) {
        key = keys.signingKey
        access = Head(key: keys.signingKey, type: AccessClaims.type)
        refresh = Head(key: keys.signingKey, type: RefreshClaims.type)
    }

    /// The token that carries `claims`, in the JWS compact serialization (RFC 7515 section 7.1): ASCII, three parts.
    ///
    /// - Throws: ``TokenError/malformed`` if no verifier would take the token: a string is empty, a number negative or
    ///   over 2^53-1, it expires before it is issued, or the token is over 4 KiB.
    @specialized(where Claims == AccessClaims)
    @specialized(where Claims == RefreshClaims)
    public func sign<Claims: TokenClaims>(_ claims: Claims) throws(TokenError) -> String {
        guard Self.canBeVerified(claims.session, isOfSession: Claims.isOfSession), claims.name?.isEmpty != true else {
            throw .malformed
        }
        let head =
            Claims.self == AccessClaims.self
            ? access : Claims.self == RefreshClaims.self ? refresh : Head(key: key, type: Claims.type)
        let token = Self.token(head, payload: claims.payload)
        guard token.utf8.count <= CompactToken.maximumLength else { throw .malformed }
        return token
    }

    private static func canBeVerified(_ session: SessionClaims, isOfSession: Bool) -> Bool {
        let numbers = 0...JSONValue.largestInteger
        return !session.issuer.isEmpty && !session.audience.isEmpty && !session.subject.isEmpty
            && session.sessionID.isEmpty != isOfSession && !session.tokenID.isEmpty
            && numbers.contains(session.count) && numbers.contains(session.issuedAt)
            && numbers.contains(session.expiresAt) && session.expiresAt > session.issuedAt
            && numbers.contains(session.authenticatedAt ?? 0)
    }

    private static func token(_ head: Head, payload: [UInt8]) -> String {
        let payloadLength = Base64URL.length(encoding: payload.count)
        let signatureLength = Base64URL.length(encoding: HS256.length)
        return String(unsafeUninitializedCapacity: head.text.count + payloadLength + 1 + signatureLength) { room in
            let room = UnsafeMutableRawBufferPointer(room)
            room.copyBytes(from: head.text)
            let signed = UnsafeMutableRawBufferPointer(rebasing: room[head.text.count...].prefix(payloadLength))
            _ = payload.withUnsafeBytes { Base64URL.encode($0, into: signed) }
            let dot = head.text.count + payloadLength
            room[dot] = UInt8(ascii: ".")
            let signature = head.state.signature(of: UnsafeRawBufferPointer(signed))
            let rest = UnsafeMutableRawBufferPointer(rebasing: room[(dot + 1)...])
            return dot + 1 + withUnsafeBytes(of: signature) { Base64URL.encode($0, into: rest) }
        }
    }
}
