/// The rule that a token failed: the first one, in the order in which ``TokenVerifier`` applies them.
public enum TokenError: Error, Equatable, Sendable, CaseIterable {
    /// Not three parts of base64url with a header and a payload of the cluster's shape, or over 4 KiB
    /// (RFC 7515 section 5.2, RFC 7519 section 7.2).
    case malformed
    /// The header's `alg` is another than `HS256` (RFC 8725 section 3.1).
    case wrongAlgorithm
    /// The header names no key, or one that is not in the ring.
    case unknownKey
    /// The signature is not the one that the key makes.
    case badSignature
    /// The `typ` is that of another kind of token (RFC 8725 section 3.11).
    case wrongType
    /// The `iss` is not one of the cluster's servers (RFC 8725 section 3.8).
    case wrongIssuer
    /// The `aud` is another than this cluster (RFC 8725 section 3.9).
    case wrongAudience
    /// The time is at or after `exp` (RFC 7519 section 4.1.4).
    case expired
    /// The `iat` lies in the future, beyond the leeway for clocks that differ.
    case notYetValid
}

extension TokenError: CustomStringConvertible {
    /// The rule, as a lower-case sentence part.
    public var description: String {
        switch self {
        case .malformed: "the token is malformed"
        case .wrongAlgorithm: "the token's algorithm is not HS256"
        case .unknownKey: "the token names no key of this cluster"
        case .badSignature: "the token's signature is not valid"
        case .wrongType: "the token is of another type than is needed here"
        case .wrongIssuer: "the token's issuer is not a server of this cluster"
        case .wrongAudience: "the token is meant for another cluster"
        case .expired: "the token has expired"
        case .notYetValid: "the token was issued in the future"
        }
    }
}
