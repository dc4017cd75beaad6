/// A token that a ``TokenVerifier`` accepted. Only a verifier can make one, so code that asks for a verified token
/// cannot be given anything else.
public struct VerifiedToken<Claims: TokenClaims>: Sendable {
    let content: VerifiedContent

    /// What the token says. It is read from the payload each time, so ask once.
    public var claims: Claims {
        let (session, name) =
            switch content {
            case .payload(let payload, let shape, _): shape.claims(payload)
            case .decoded(let session, let name, _): (session, name)
            }
        guard let claims = Claims(session: session, name: name) else {
            preconditionFailure("a verified token has the claims of its kind")
        }
        return claims
    }

    /// The claims as one JSON object in UTF-8, in the order in which ``TokenSigner`` writes them: for who passes them on.
    public var json: [UInt8] {
        switch content {
        case .payload(let payload, _, _): payload
        case .decoded: claims.payload
        }
    }

    /// The key that signed it.
    public var keyID: String {
        switch content {
        case .payload(_, let shape, _): shape.keyID
        case .decoded(_, _, let keyID): keyID
        }
    }

    init(_ content: VerifiedContent) {
        self.content = content
    }
}

/// What a verified token says: its payload, which becomes claims when somebody asks, or the claims.
enum VerifiedContent: Sendable {
    case payload([UInt8], KnownShape, IdentityPlaces)
    indirect case decoded(SessionClaims, String?, keyID: String)
}
