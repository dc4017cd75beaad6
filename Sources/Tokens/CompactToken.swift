/// The three parts of a token in the JWS compact serialization (RFC 7515 section 7.1), decoded but not verified.
struct CompactToken {
    /// The longest token that is looked at, in bytes.
    static let maximumLength = 4096

    /// What the signature covers: the first two parts as they came, with the dot between them.
    let signingInput: ArraySlice<UInt8>
    let header: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    /// Splits and decodes a token.
    ///
    /// - Throws: ``TokenError/malformed`` if it is too long, has more or fewer than three parts, or one of them is not
    ///   base64url.
    init(_ token: [UInt8]) throws(TokenError) {
        guard token.count <= Self.maximumLength else { throw .malformed }
        // Empty parts are kept: without that, "h.p.s." and "h..p.s" would look like three parts.
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        self.signingInput = token[..<parts[1].endIndex]
        self.header = header
        self.payload = payload
        self.signature = signature
    }
}
