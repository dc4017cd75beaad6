/// What a token says of itself, for looking at. Nobody vouches for any of it: anyone can write such a text.
/// Decide nothing by it; that is what ``TokenVerifier`` is for.
public struct UnverifiedToken: Sendable {
    /// The decoded header, whatever it is.
    public let unverifiedHeader: [UInt8]
    /// The decoded payload, whatever it is.
    public let unverifiedPayload: [UInt8]
    /// The decoded signature.
    public let unverifiedSignature: [UInt8]

    /// Takes a token apart.
    ///
    /// - Throws: ``TokenError/malformed`` if it is over 4 KiB or not three parts of base64url.
    public init(_ token: some Sequence<UInt8>) throws(TokenError) {
        let parts = try CompactToken(Array(token))
        unverifiedHeader = parts.header
        unverifiedPayload = parts.payload
        unverifiedSignature = parts.signature
    }
}
