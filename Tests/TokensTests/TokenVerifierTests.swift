import Testing

@testable import Tokens

@Suite("What a verifier takes and refuses")
struct TokenVerifierTests {
    @Test("A forged token is good where nothing is wrong with it: the tests below fail one rule at a time")
    func good() throws {
        #expect(try Sample.refusal(Sample.forged()) == nil)
        let token = try Sample.verifier().verify(Sample.forged().utf8, as: AccessClaims.self, at: Sample.now)
        #expect(token.claims == Sample.access)
        let refresh = try Sample.forged(header: Sample.refreshHeader.text, payload: Sample.refreshPayload.text)
        #expect(
            try Sample.verifier().verify(refresh.utf8, as: RefreshClaims.self, at: Sample.now).claims == Sample.refresh)
    }

    @Test(
        "One rule failed is one error",
        arguments: [
            (Sample.header.with("alg", "\"HS512\""), Sample.payload, .wrongAlgorithm),
            (Sample.header.with("kid", "\"third\""), Sample.payload, .unknownKey),
            (Sample.header.with("kid", "\"second\""), Sample.payload, .badSignature),
            (Sample.refreshHeader, Sample.payload, .wrongType),
            (Sample.header, Sample.payload.without("jti"), .malformed),
            (Sample.header, Sample.payload.with("iss", "\"evil\""), .wrongIssuer),
            (Sample.header, Sample.payload.with("aud", "\"other\""), .wrongAudience),
            (Sample.header, Sample.payload.with("exp", "1700000100"), .expired),
            (Sample.header, Sample.payload.with("iat", "1700000106"), .notYetValid),
        ] as [(Members, Members, TokenError)])
    func oneRule(header: Members, payload: Members, error: TokenError) throws {
        #expect(try Sample.refusal(Sample.forged(header: header.text, payload: payload.text)) == error)
    }

    @Test("The rules apply in their order: of two that are failed, the first is told")
    func order() throws {
        func refusal(_ header: Members, _ payload: Members, key: Key? = nil) throws -> TokenError? {
            try Sample.refusal(Sample.forged(header: header.text, payload: payload.text, key: key))
        }
        let stranger = try Key(id: "first", secret: [UInt8](repeating: 9, count: 32))
        var header = Sample.refreshHeader
        var payload = Sample.payload.with("exp", "1700000050").with("iat", "1800000000")
            .with("aud", "\"other\"").with("iss", "\"evil\"").without("jti")
        #expect(
            try refusal(header.with("alg", "\"none\"").with("kid", "\"x\""), payload, key: stranger) == .wrongAlgorithm)
        #expect(try refusal(header.with("kid", "\"x\""), payload, key: stranger) == .unknownKey)
        #expect(try refusal(header, payload, key: stranger) == .badSignature)
        #expect(try refusal(header, payload) == .wrongType)
        header = Sample.header
        #expect(try refusal(header, payload) == .malformed)
        payload = payload.with("jti", "\"token-1\"")
        #expect(try refusal(header, payload) == .wrongIssuer)
        payload = payload.with("iss", "\"retirement\"")
        #expect(try refusal(header, payload) == .wrongAudience)
        payload = payload.with("aud", "\"sso\"")
        #expect(try refusal(header, payload) == .expired)
        payload = payload.with("exp", "1900000000")
        #expect(try refusal(header, payload) == .notYetValid)
        payload = payload.with("iat", "1700000000")
        #expect(try refusal(header, payload) == nil)
    }

    @Test("A bad signature is found before the payload is read", arguments: ["", "{", "null", #"{"exp":1}"#])
    func signatureFirst(payload: String) throws {
        let stranger = try Key(id: "first", secret: [UInt8](repeating: 9, count: 32))
        #expect(try Sample.refusal(Sample.forged(payload: payload, key: stranger)) == .badSignature)
        #expect(try Sample.refusal(Sample.forged(payload: payload)) == .malformed)
    }

    @Test("A token is good until one second before exp, and no longer")
    func expiry() throws {
        let token = try Sample.forged()
        #expect(try Sample.refusal(token, at: 1_700_000_899) == nil)
        #expect(try Sample.refusal(token, at: 1_700_000_900) == .expired)
        #expect(try Sample.refusal(token, at: 1_700_000_901) == .expired)
        #expect(try Sample.refusal(token, at: .max) == .expired)
    }

    @Test("A clock may be five seconds behind the issuer's, and no more")
    func leeway() throws {
        let token = try Sample.forged()
        #expect(try Sample.refusal(token, at: 1_700_000_000) == nil)
        #expect(try Sample.refusal(token, at: 1_699_999_995) == nil)
        #expect(try Sample.refusal(token, at: 1_699_999_994) == .notYetValid)
        #expect(try Sample.refusal(token, at: 0) == .notYetValid)
        let strict = TokenVerifier(keys: try Sample.ring(), audience: "sso", issuers: ["bank"], leeway: 0)
        #expect(throws: TokenError.notYetValid) {
            try strict.verify(token.utf8, as: AccessClaims.self, at: 1_699_999_999)
        }
        #expect(throws: Never.self) { try strict.verify(token.utf8, as: AccessClaims.self, at: 1_700_000_000) }
    }

    @Test("Neither kind of token is taken for the other")
    func kinds() throws {
        let signer = TokenSigner(keys: try Sample.ring())
        let verifier = try Sample.verifier()
        let access = try signer.sign(Sample.access)
        let refresh = try signer.sign(Sample.refresh)
        #expect(throws: TokenError.wrongType) {
            try verifier.verify(access.utf8, as: RefreshClaims.self, at: Sample.now)
        }
        #expect(throws: TokenError.wrongType) {
            try verifier.verify(refresh.utf8, as: AccessClaims.self, at: Sample.now)
        }
        // Not even where the payload would do for both.
        let dressed = try Sample.forged(header: Sample.refreshHeader.text)
        #expect(throws: TokenError.wrongType) {
            try verifier.verify(dressed.utf8, as: AccessClaims.self, at: Sample.now)
        }
    }

    @Test(
        "Both servers' tokens are accepted, and nobody else's", arguments: ["Bank", "bank ", "", "evil", "ban\u{212A}"])
    func issuers(other: String) throws {
        for issuer in ["bank", "retirement"] {
            let payload = Sample.payload.with("iss", "\"\(issuer)\"").text
            #expect(try Sample.refusal(Sample.forged(payload: payload)) == nil)
        }
        let refusal = try Sample.refusal(Sample.forged(payload: Sample.payload.with("iss", "\"\(other)\"").text))
        #expect(refusal == (other.isEmpty ? .malformed : .wrongIssuer))
    }

    @Test("The audience is this cluster, byte by byte", arguments: ["SSO", "sso ", "sso2", "ſso", "so", "*"])
    func audiences(other: String) throws {
        let payload = Sample.payload.with("aud", "\"\(other)\"").text
        #expect(try Sample.refusal(Sample.forged(payload: payload)) == .wrongAudience)
    }

    @Test("An issuer or audience that is only canonically equivalent is another")
    func canonicalEquivalence() throws {
        let verifier = TokenVerifier(keys: try Sample.ring(), audience: "K", issuers: ["é"])
        func refusal(_ iss: String, _ aud: String) throws -> TokenError? {
            let payload = Sample.payload.with("iss", "\"\(iss)\"").with("aud", "\"\(aud)\"").text
            let token = try Sample.forged(payload: payload)
            do {
                _ = try verifier.verify(token.utf8, as: AccessClaims.self, at: Sample.now)
                return nil
            } catch { return error }
        }
        #expect(try refusal("é", "K") == nil)
        #expect(try refusal("e\u{301}", "K") == .wrongIssuer)
        #expect(try refusal("é", "\u{212A}") == .wrongAudience)
    }
}
