import Testing

@testable import Tokens

@Suite("A kind of claims that somebody else made")
struct OtherClaimsTests {
    /// A third kind of token, as a program that uses the library may define.
    private struct ServiceClaims: TokenClaims {
        static let type = "svc+jwt"
        var session: SessionClaims
        var name: String?

        init(session: SessionClaims, name: String?) {
            self.session = session
            self.name = name
        }
    }

    @Test("It has a type of its own, and is taken for no other")
    func ownType() throws {
        let token = try TokenSigner(keys: Sample.ring()).sign(ServiceClaims(session: Sample.session, name: "anna"))
        let verifier = try Sample.verifier()
        #expect(try verifier.verify(token, as: ServiceClaims.self, at: Sample.now).claims.name == "anna")
        #expect(throws: TokenError.wrongType) { try verifier.verify(token, as: AccessClaims.self, at: Sample.now) }
        #expect(throws: TokenError.wrongType) { try verifier.verify(token, as: RefreshClaims.self, at: Sample.now) }
        let refresh = try TokenSigner(keys: Sample.ring()).sign(Sample.refresh)
        #expect(throws: TokenError.wrongType) { try verifier.verify(refresh, as: ServiceClaims.self, at: Sample.now) }
    }

    @Test("Empty names of clusters and servers are nobody's, the fast way too")
    func emptyNames() throws {
        for (audience, issuers) in [("", ["bank"]), ("sso", [""])] {
            let verifier = TokenVerifier(keys: try Sample.ring(), audience: audience, issuers: issuers)
            let payload = Sample.payload.with(audience.isEmpty ? "aud" : "iss", "\"\"").text
            let token = try Sample.forged(payload: payload)
            #expect(throws: TokenError.malformed) { try verifier.verify(token, as: AccessClaims.self, at: Sample.now) }
        }
    }
}
