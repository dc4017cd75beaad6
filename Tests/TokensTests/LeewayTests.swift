import Testing

@testable import Tokens

@Suite("Clocks that differ")
struct LeewayTests {
    private func refusal<Claims: TokenClaims>(
        _ token: String, _ kind: Claims.Type, _ verifier: TokenVerifier, at now: Int
    ) throws -> TokenError? {
        let fast = Array(token.utf8).withUnsafeBytes {
            verifier.known($0, isAccess: kind == AccessClaims.self, at: now)
        }
        do throws(TokenError) {
            _ = try verifier.verifyInGeneral(Array(token.utf8), as: kind, at: now)
            #expect(fast != nil, "at \(now) the fast way refuses what the general one accepts")
            return nil
        } catch {
            #expect(fast == nil, "at \(now) the fast way accepts what the general one refuses")
            return error
        }
    }

    @Test(
        "Both ways of checking let the issuer's clock be ahead by the leeway and no more, and add none to exp",
        arguments: [0, 1, 5, 60])
    func bothWays(leeway: Int) throws {
        let verifier = TokenVerifier(
            keys: try Sample.ring(), audience: "sso", issuers: ["bank", "retirement"], leeway: leeway)
        let signer = TokenSigner(keys: try Sample.ring())
        let (issued, expires) = (Sample.session.issuedAt, Sample.session.expiresAt)
        func expect(_ error: TokenError?, at now: Int) throws {
            #expect(try refusal(signer.sign(Sample.access), AccessClaims.self, verifier, at: now) == error)
            #expect(try refusal(signer.sign(Sample.refresh), RefreshClaims.self, verifier, at: now) == error)
        }
        try expect(.notYetValid, at: issued - leeway - 1)
        try expect(nil, at: issued - leeway)
        try expect(nil, at: issued)
        try expect(nil, at: expires - 1)
        try expect(.expired, at: expires)
        try expect(.expired, at: expires + leeway)
    }
}
