public import JWTKit

/// The claims of the cluster's access tokens.
public struct AccessPayload: JWTPayload {
    /// What every token of the cluster carries.
    public let iss: IssuerClaim, aud: AudienceClaim, sub: SubjectClaim, name: String, sid: String, count: Int
    /// Since when, until when, and its own id.
    public let iat: IssuedAtClaim, exp: ExpirationClaim, jti: IDClaim

    /// Checks what the bank checks, the signature aside.
    public func verify(using algorithm: some JWTAlgorithm) async throws {
        guard ["bank", "retirement"].contains(iss.value) else {
            throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "not of this cluster")
        }
        try aud.verifyIntendedAudience(includes: "sso")
        try exp.verifyNotExpired()
    }
}

/// Verifies access tokens with one key.
public struct Checks: Sendable {
    /// The token to verify.
    public let token: String
    private let keys = JWTKeyCollection()

    /// Reads a token, a line end, and a secret in hexadecimal from standard input.
    public init() async {
        guard let token = readLine(), let hex = readLine().map(Array.init) else {
            fatalError("a token and a secret are needed on standard input")
        }
        let secret = stride(from: 0, to: hex.count - 1, by: 2).compactMap { UInt8(String(hex[$0...$0 + 1]), radix: 16) }
        self.token = token
        await keys.add(hmac: HMACKey(key: .init(data: secret)), digestAlgorithm: .sha256)
    }

    /// The claims of a good token.
    ///
    /// - Throws: `JWTError` for any other.
    public func verify(_ token: String) async throws -> AccessPayload {
        try await keys.verify(token, as: AccessPayload.self)
    }
}
