import Testing

@testable import Tokens

@Suite("Tokens as they are signed")
struct TokenSignerTests {
    /// The bytes 0 to 31.
    private static func key() throws -> Key { try Key(id: "2026-01", secret: Array(0...31)) }

    /// Made with Python's hmac over the base64url of the header and payload, written by hand:
    ///
    ///     {"alg":"HS256","kid":"2026-01","typ":"at+jwt"}
    ///     {"iss":"bank","aud":"sso","sub":"user-1","name":"Ann \"A\" O\\Neil","sid":"session-1","count":3,
    ///      "iat":1700000000,"exp":1700000900,"jti":"token-1"}   (in one line, without spaces between members)
    private static let goldenAccess =
        "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIwMjYtMDEiLCJ0eXAiOiJhdCtqd3QifQ"
        + ".eyJpc3MiOiJiYW5rIiwiYXVkIjoic3NvIiwic3ViIjoidXNlci0xIiwibmFtZSI6IkFubiBcIkFcIiBPXFxOZWlsIiwic2lkIjoic2Vzc2lv"
        + "bi0xIiwiY291bnQiOjMsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwOTAwLCJqdGkiOiJ0b2tlbi0xIn0"
        + ".vGPCZZPxPPBmINHV1PDJOtQgIneRPDedF1-BBkTKZlo"

    /// The same way, from `"typ":"rt+jwt"` and
    ///
    ///     {"iss":"retirement","aud":"sso","sub":"user-1","sid":"session-1","count":0,"iat":1700000000,
    ///      "exp":1700604800,"jti":"token-2"}
    private static let goldenRefresh =
        "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIwMjYtMDEiLCJ0eXAiOiJydCtqd3QifQ"
        + ".eyJpc3MiOiJyZXRpcmVtZW50IiwiYXVkIjoic3NvIiwic3ViIjoidXNlci0xIiwic2lkIjoic2Vzc2lvbi0xIiwiY291bnQiOjAsImlhdCI6"
        + "MTcwMDAwMDAwMCwiZXhwIjoxNzAwNjA0ODAwLCJqdGkiOiJ0b2tlbi0yIn0"
        + ".BBmWIon3vu3kbt_NgKKAMbFT1QegC7eE0pyUW3hrg88"

    private static let accessClaims = AccessClaims(session: Sample.session, userName: "Ann \"A\" O\\Neil")
    private static let refreshClaims = RefreshClaims(
        session: SessionClaims(
            issuer: "retirement", audience: "sso", subject: "user-1", sessionID: "session-1", count: 0,
            issuedAt: 1_700_000_000, expiresAt: 1_700_604_800, tokenID: "token-2"))

    @Test("An access token is, byte by byte, the one that was made by hand")
    func access() throws {
        let keys = try KeyRing([Self.key()])
        #expect(try TokenSigner(keys: keys).sign(Self.accessClaims) == Self.goldenAccess)
        let token = try Sample.verifier(keys).verify(Self.goldenAccess.utf8, as: AccessClaims.self, at: Sample.now)
        #expect(token.claims == Self.accessClaims)
        #expect(token.keyID == "2026-01")
    }

    @Test("A refresh token is, byte by byte, the one that was made by hand")
    func refresh() throws {
        let keys = try KeyRing([Self.key()])
        #expect(try TokenSigner(keys: keys).sign(Self.refreshClaims) == Self.goldenRefresh)
        let token = try Sample.verifier(keys).verify(Self.goldenRefresh.utf8, as: RefreshClaims.self, at: Sample.now)
        #expect(token.claims == Self.refreshClaims)
    }

    @Test("The header has alg, kid and typ, and nothing else")
    func headers() throws {
        let signer = TokenSigner(keys: try Sample.ring())
        let access = try UnverifiedToken(signer.sign(Sample.access).utf8).unverifiedHeader
        #expect(String(decoding: access, as: UTF8.self) == #"{"alg":"HS256","kid":"first","typ":"at+jwt"}"#)
        let refresh = try UnverifiedToken(signer.sign(Sample.refresh).utf8).unverifiedHeader
        #expect(String(decoding: refresh, as: UTF8.self) == #"{"alg":"HS256","kid":"first","typ":"rt+jwt"}"#)
    }

    @Test("An access token carries the claims of the contract, a refresh token all but the name")
    func claimNames() throws {
        func names(_ token: String) throws -> [String] {
            guard case .object(let object) = try JSONValue(UnverifiedToken(token.utf8).unverifiedPayload) else {
                return []
            }
            return object.members.map(\.name).sorted()
        }
        let signer = TokenSigner(keys: try Sample.ring())
        let shared = ["aud", "count", "exp", "iat", "iss", "jti", "sid", "sub"]
        #expect(try names(signer.sign(Sample.access)) == (shared + ["name"]).sorted())
        #expect(try names(signer.sign(Sample.refresh)) == shared)
    }

    @Test(
        "Claims come back as they were, whatever has to be escaped in them",
        arguments: [
            "\"", "\\", "a\r\n\tb", "\u{0}", "é", "e\u{301}", "😀", "\u{2028}", "</script>", #"","sub":"root"#,
            "\u{10FFFF}",
        ])
    func roundTrip(text: String) throws {
        var session = Sample.session
        session.subject = text
        session.sessionID = text
        session.tokenID = text
        let claims = AccessClaims(session: session, userName: text)
        let token = try TokenSigner(keys: Sample.ring()).sign(claims)
        let read = try Sample.verifier().verify(token.utf8, as: AccessClaims.self, at: Sample.now).claims
        #expect(read == claims)
        #expect(Array(read.userName.utf8) == Array(text.utf8))
        #expect(Array(read.session.subject.utf8) == Array(text.utf8))
    }

    @Test("The first key of the ring signs")
    func signingKey() throws {
        let keys = try KeyRing([Sample.secondKey(), Sample.firstKey()])
        let token = try TokenSigner(keys: keys).sign(Sample.access)
        #expect(try Sample.verifier().verify(token.utf8, as: AccessClaims.self, at: Sample.now).keyID == "second")
    }

    @Test(
        "Claims that no verifier would take are not signed",
        arguments: [
            { $0.issuer = "" }, { $0.audience = "" }, { $0.subject = "" }, { $0.sessionID = "" }, { $0.tokenID = "" },
            { $0.count = -1 }, { $0.count = 9_007_199_254_740_992 }, { $0.count = .max }, { $0.count = .min },
            { $0.issuedAt = -1 }, { $0.expiresAt = 9_007_199_254_740_992 }, { $0.expiresAt = $0.issuedAt },
            { $0.expiresAt = $0.issuedAt - 1 }, { $0.issuedAt = $0.expiresAt + 1 }, { $0.expiresAt = .max },
            { $0.subject = String(repeating: "x", count: 4_000) },
        ] as [@Sendable (inout SessionClaims) -> Void])
    func refusals(spoil: @Sendable (inout SessionClaims) -> Void) throws {
        let signer = TokenSigner(keys: try Sample.ring())
        var session = Sample.session
        spoil(&session)
        #expect(throws: TokenError.malformed) { try signer.sign(AccessClaims(session: session, userName: "anna")) }
        #expect(throws: TokenError.malformed) { try signer.sign(RefreshClaims(session: session)) }
    }

    @Test("An access token without a name is not signed")
    func emptyName() throws {
        let signer = TokenSigner(keys: try Sample.ring())
        #expect(throws: TokenError.malformed) { try signer.sign(AccessClaims(session: Sample.session, userName: "")) }
    }

    @Test("The ends of the numbers' range are signed and verified")
    func extremes() throws {
        var session = Sample.session
        session.count = 9_007_199_254_740_991
        session.issuedAt = 0
        session.expiresAt = 9_007_199_254_740_991
        let token = try TokenSigner(keys: Sample.ring()).sign(RefreshClaims(session: session))
        let verifier = try Sample.verifier()
        #expect(try verifier.verify(token.utf8, as: RefreshClaims.self, at: 0).claims.session == session)
        #expect(throws: TokenError.expired) { try verifier.verify(token.utf8, as: RefreshClaims.self, at: .max) }
    }

    @Test("Whatever is signed is short enough to be verified, and the next longer one is refused")
    func longest() throws {
        let signer = TokenSigner(keys: try Sample.ring())
        var longest = ""
        for length in 2_600...3_200 {
            let claims = AccessClaims(session: Sample.session, userName: String(repeating: "x", count: length))
            guard let token = try? signer.sign(claims) else { break }
            longest = token
        }
        #expect((4_094...4_096).contains(longest.utf8.count))
        #expect(try Sample.refusal(longest) == nil)
    }
}
