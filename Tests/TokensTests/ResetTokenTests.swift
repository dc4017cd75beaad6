import Testing

@testable import Tokens

@Suite("Reset tokens")
struct ResetTokenTests {
    private static let header = Sample.header.with("typ", "\"reset+jwt\"")
    private static let payload = Sample.payload.without("name").without("sid")
    private static let claims = ResetClaims(
        issuer: "bank", audience: "sso", subject: "user-1", count: 3, issuedAt: 1_700_000_000,
        expiresAt: 1_700_000_900, tokenID: "token-1")

    private func refusal<Claims: TokenClaims>(
        _ token: String, as kind: Claims.Type = ResetClaims.self, at now: Int = Sample.now
    ) throws -> TokenError? {
        let verifier = try Sample.verifier()
        do {
            _ = try verifier.verify(token.utf8, as: kind, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("One is signed as the contract says, and comes back as it was")
    func roundTrip() throws {
        let token = try TokenSigner(keys: Sample.ring()).sign(Self.claims)
        #expect(try token == Sample.forged(header: Self.header.text, payload: Self.payload.text))
        let verified = try Sample.verifier().verify(token, as: ResetClaims.self, at: Sample.now)
        #expect(verified.claims == Self.claims)
        #expect(verified.keyID == "first")
        #expect(String(decoding: verified.json, as: UTF8.self) == Self.payload.text)
    }

    @Test("It is no access token and no refresh token, and neither of those is one")
    func kinds() throws {
        let signer = TokenSigner(keys: try Sample.ring())
        let reset = try signer.sign(Self.claims)
        #expect(try refusal(reset, as: AccessClaims.self) == .wrongType)
        #expect(try refusal(reset, as: RefreshClaims.self) == .wrongType)
        #expect(try refusal(signer.sign(Sample.access)) == .wrongType)
        #expect(try refusal(signer.sign(Sample.refresh)) == .wrongType)
    }

    @Test("Not even where the payload would do for all of them")
    func dressed() throws {
        for header in [Sample.header, Sample.refreshHeader] {
            #expect(try refusal(Sample.forged(header: header.text)) == .wrongType)
            // And with that type, it lacks what the others carry.
            let bare = try Sample.forged(header: header.text, payload: Self.payload.text)
            #expect(try refusal(bare, as: AccessClaims.self) != nil)
            #expect(try refusal(bare, as: RefreshClaims.self) != nil)
        }
        let full = try Sample.forged(header: Self.header.text)
        #expect(try refusal(full) == nil)
        #expect(try refusal(full, as: AccessClaims.self) == .wrongType)
        #expect(try refusal(full, as: RefreshClaims.self) == .wrongType)
        for type in ["reset+JWT", "Reset+jwt", "reset+jwt ", "reset", "application/reset+jwt", "JWT", ""] {
            let header = Self.header.with("typ", "\"\(type)\"").text
            #expect(try refusal(Sample.forged(header: header, payload: Self.payload.text)) == .wrongType, "\(type)")
        }
    }

    @Test("Every claim is needed", arguments: ["iss", "aud", "sub", "count", "iat", "exp", "jti"])
    func missing(name: String) throws {
        #expect(try refusal(Sample.forged(header: Self.header.text, payload: Self.payload.text)) == nil)
        let token = try Sample.forged(header: Self.header.text, payload: Self.payload.without(name).text)
        #expect(try refusal(token) == .malformed)
    }

    @Test("The rules of all tokens hold for it")
    func rules() throws {
        func refusal(_ name: String, _ json: String) throws -> TokenError? {
            try self.refusal(Sample.forged(header: Self.header.text, payload: Self.payload.with(name, json).text))
        }
        #expect(try refusal("iss", "\"evil\"") == .wrongIssuer)
        #expect(try refusal("aud", "\"other\"") == .wrongAudience)
        #expect(try refusal("count", "false") == .malformed)
        #expect(try refusal("count", "-1") == .malformed)
        #expect(try refusal("iat", "1700000106") == .notYetValid)
        let token = try TokenSigner(keys: Sample.ring()).sign(Self.claims)
        #expect(try self.refusal(token, at: 1_700_000_899) == nil)
        #expect(try self.refusal(token, at: 1_700_000_900) == .expired)
        let stranger = try Key(id: "first", secret: [UInt8](repeating: 9, count: 32))
        let forged = try Sample.forged(header: Self.header.text, payload: Self.payload.text, key: stranger)
        #expect(try self.refusal(forged) == .badSignature)
    }

    @Test("Each character flipped is refused")
    func flipped() throws {
        let token = Array(try TokenSigner(keys: Sample.ring()).sign(Self.claims).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = token[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(try refusal(String(decoding: changed, as: UTF8.self)) != nil, "character \(index)")
        }
    }

    @Test("What nobody would take is not signed")
    func unsigned() throws {
        let signer = TokenSigner(keys: try Sample.ring())
        func claims(subject: String = "user-1", count: Int = 0, expiresAt: Int = 2, tokenID: String = "t")
            -> ResetClaims
        {
            ResetClaims(
                issuer: "bank", audience: "sso", subject: subject, count: count, issuedAt: 1, expiresAt: expiresAt,
                tokenID: tokenID)
        }
        #expect(throws: Never.self) { try signer.sign(claims()) }
        for bad in [claims(subject: ""), claims(count: -1), claims(expiresAt: 1), claims(tokenID: "")] {
            #expect(throws: TokenError.malformed) { try signer.sign(bad) }
        }
    }
}
