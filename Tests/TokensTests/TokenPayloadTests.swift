import Testing

@testable import Tokens

@Suite("A token's payload")
struct TokenPayloadTests {
    private static let strings = ["iss", "aud", "sub", "name", "sid", "jti"]
    private static let numbers = ["count", "iat", "exp"]

    private func refusal(_ payload: Members) throws -> TokenError? {
        try Sample.refusal(Sample.forged(payload: payload.text))
    }

    private func refreshRefusal(_ payload: Members) throws -> TokenError? {
        let token = try Sample.forged(header: Sample.refreshHeader.text, payload: payload.text)
        let verifier = try Sample.verifier()
        do {
            _ = try verifier.verify(token.utf8, as: RefreshClaims.self, at: Sample.now)
            return nil
        } catch {
            return error
        }
    }

    @Test("Every claim is needed", arguments: strings + numbers)
    func missing(name: String) throws {
        #expect(try refusal(Sample.payload.without(name)) == .malformed)
        #expect(try refreshRefusal(Sample.refreshPayload.without(name)) == (name == "name" ? nil : .malformed))
    }

    @Test(
        "A string that is something else, or empty, is malformed", arguments: strings,
        ["null", "1", "0", "true", "false", "[]", "{}", "[\"bank\"]", "\"\""])
    func wrongStrings(name: String, json: String) throws {
        #expect(try refusal(Sample.payload.with(name, json)) == .malformed)
        if name != "name" {
            #expect(try refreshRefusal(Sample.refreshPayload.with(name, json)) == .malformed)
        }
    }

    @Test(
        "A number that is something else, or out of its range, is malformed", arguments: numbers,
        [
            "null", "false", "true", "\"3\"", "\"\"", "[]", "[3]", "{}", "-1", "-9007199254740991", "9007199254740992",
            "9223372036854775807", "9223372036854775808", "1e300", "1.0", "1.5", "3e0", "1e10", "-0.0",
        ])
    func wrongNumbers(name: String, json: String) throws {
        #expect(try refusal(Sample.payload.with(name, json)) == .malformed)
        #expect(try refreshRefusal(Sample.refreshPayload.with(name, json)) == .malformed)
    }

    @Test("An aud of several is refused: the contract's is one string")
    func audienceList() throws {
        #expect(try refusal(Sample.payload.with("aud", "[\"sso\",\"other\"]")) == .malformed)
    }

    @Test(
        "A claim that stands twice is refused, whichever value is right",
        arguments: strings + numbers, [true, false])
    func duplicates(name: String, escaped: Bool) throws {
        let good = try #require(Sample.payload.list.first { $0.name == name }?.json)
        let spelling = escaped ? "\\u00" + String(name.utf8.first ?? 0, radix: 16) + name.dropFirst() : name
        #expect(try refusal(Sample.payload.adding(spelling, good)) == .malformed)
        #expect(try refusal(Sample.payload.adding(spelling, "\"x\"")) == .malformed)
        #expect(try refusal(Members(list: [(spelling, "0")] + Sample.payload.list)) == .malformed)
    }

    @Test(
        "A payload that is no strict JSON object is malformed",
        arguments: [
            "", " ", "[]", "[\(Sample.payload.text)]", "\"\"", "1", "null", "true", "{}", "{",
            Sample.payload.text + "}",
            Sample.payload.text + "\u{0}", "\u{FEFF}" + Sample.payload.text, "\(Sample.payload.text.dropLast()),}",
            Sample.payload.text + Sample.payload.text, "\(Sample.payload.text.dropLast())",
        ])
    func malformed(payload: String) throws {
        #expect(try Sample.refusal(Sample.forged(payload: payload)) == .malformed)
    }

    @Test("A payload that is not UTF-8 is malformed, even in a claim that nobody reads")
    func invalidUTF8() throws {
        let input = Base64URL.encode(Array(Sample.header.text.utf8)) + "."
        let before = Array(Sample.payload.text.dropLast().utf8) + Array(",\"x\":\"".utf8)
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]] {
            let signed = input + Base64URL.encode(before + bad + Array("\"}".utf8))
            let signature = HS256.signature(of: Array(signed.utf8), key: try Sample.firstKey())
            #expect(try Sample.refusal(signed + "." + Base64URL.encode(signature)) == .malformed)
        }
    }

    @Test("Claims that are not known are ignored (RFC 7519 section 4)")
    func unknownClaims() throws {
        let payload = Sample.payload.adding("nbf", "\"never\"").adding("x", "[{\"y\":null}]").adding("Sub", "\"root\"")
        let token = try Sample.forged(payload: payload.text)
        #expect(
            try Sample.verifier().verify(token.utf8, as: AccessClaims.self, at: Sample.now).claims == Sample.access)
    }

    @Test("A name in a refresh token is not looked at")
    func nameInRefreshToken() throws {
        #expect(try refreshRefusal(Sample.payload) == nil)
    }

    @Test("Whatever name the count has besides, count is the one that is read")
    func lookalikes() throws {
        let payload = Sample.payload.adding("Count", "99").adding("count ", "98").adding("cоunt", "97")
        let token = try Sample.forged(payload: payload.text)
        let claims = try Sample.verifier().verify(token.utf8, as: AccessClaims.self, at: Sample.now).claims
        #expect(claims.session.count == 3)
    }
}
