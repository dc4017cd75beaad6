/// A token that a ``TokenVerifier`` accepted. Only a verifier can make one, so code that asks for a verified token
/// cannot be given anything else.
public struct VerifiedToken<Claims: TokenClaims>: Sendable {
    private let content: VerifiedContent

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

    /// Calls `body` with what a list of revocations is asked by, without making strings of it: the bytes of `sub` and
    /// `sid`, and the numbers.
    public func withIdentity<Result>(_ body: (borrowing TokenIdentity) -> Result) -> Result {
        switch content {
        case .payload(let payload, _, let places):
            return payload.withUnsafeBytes { bytes in
                body(
                    TokenIdentity(
                        subject: UnsafeRawBufferPointer(rebasing: bytes[places.subject]),
                        session: UnsafeRawBufferPointer(rebasing: bytes[places.session]),
                        count: places.count, issuedAt: places.issuedAt, expiresAt: places.expiresAt))
            }
        case .decoded(let session, _, _):
            // Copies, since a String that came from elsewhere than Swift has no bytes to point at.
            return Array(session.subject.utf8).withUnsafeBytes { subject in
                Array(session.sessionID.utf8).withUnsafeBytes { sessionID in
                    body(
                        TokenIdentity(
                            subject: subject, session: sessionID, count: session.count, issuedAt: session.issuedAt,
                            expiresAt: session.expiresAt))
                }
            }
        }
    }
}

/// Whose token it is, of which session, with which count, and from when to when. The bytes are good within the call that
/// gave them.
public struct TokenIdentity: ~Copyable {
    /// `sub` in UTF-8.
    public let subject: UnsafeRawBufferPointer
    /// `sid` in UTF-8.
    public let session: UnsafeRawBufferPointer
    /// `count`.
    public let count: Int
    /// `iat`, in whole seconds since 1970.
    public let issuedAt: Int
    /// `exp`, in whole seconds since 1970.
    public let expiresAt: Int
}

/// What a verified token says: its payload, which becomes claims when somebody asks, or the claims.
enum VerifiedContent: Sendable {
    case payload([UInt8], KnownShape, IdentityPlaces)
    indirect case decoded(SessionClaims, String?, keyID: String)
}

/// Where in a payload of a known shape stands what ``TokenIdentity`` tells. Small, as every verified token carries it.
struct IdentityPlaces: Sendable {
    // A token has 4,096 bytes at most.
    private let subjectStart: UInt16
    private let subjectEnd: UInt16
    private let sessionStart: UInt16
    private let sessionEnd: UInt16
    let count: Int
    let issuedAt: Int
    let expiresAt: Int

    init(subject: Range<Int>, session: Range<Int>, count: Int, issuedAt: Int, expiresAt: Int) {
        subjectStart = UInt16(truncatingIfNeeded: subject.lowerBound)
        subjectEnd = UInt16(truncatingIfNeeded: subject.upperBound)
        sessionStart = UInt16(truncatingIfNeeded: session.lowerBound)
        sessionEnd = UInt16(truncatingIfNeeded: session.upperBound)
        self.count = count
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    var subject: Range<Int> { Int(subjectStart)..<Int(subjectEnd) }
    var session: Range<Int> { Int(sessionStart)..<Int(sessionEnd) }
}
