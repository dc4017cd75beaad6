import Testing

@testable import Tokens

@Suite("A token's header")
struct TokenHeaderTests {
    private func refusal(_ header: String) throws -> TokenError? {
        try Sample.refusal(Sample.forged(header: header))
    }

    @Test(
        "No other algorithm is accepted, even with a signature that is right for HS256",
        arguments: [
            "none", "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", "Hs256",
            "HS256 ", " HS256", "HS2560", "HS25", "", "HS256\\u0000", "HS\u{FF12}56", "A256GCMKW", "dir",
        ])
    func algorithms(name: String) throws {
        #expect(try refusal(Sample.header.with("alg", "\"\(name)\"").text) == .wrongAlgorithm)
    }

    @Test("An unsigned token is refused, with an empty signature and with none", arguments: ["none", "HS256"])
    func unsigned(algorithm: String) throws {
        let header = Sample.header.with("alg", "\"\(algorithm)\"").text
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(Sample.payload.text.utf8))
        #expect(try Sample.refusal(input + ".") == (algorithm == "none" ? .wrongAlgorithm : .badSignature))
        #expect(try Sample.refusal(input) == .malformed)
    }

    @Test(
        "An algorithm that is missing or no string is malformed",
        arguments: ["null", "256", "true", "[\"HS256\"]", "{}"])
    func algorithmTypes(json: String) throws {
        #expect(try refusal(Sample.header.with("alg", json).text) == .malformed)
        #expect(try refusal(Sample.header.without("alg").text) == .malformed)
    }

    @Test(
        "A kid or typ that is no string is malformed",
        arguments: ["null", "1", "false", "[\"first\"]", "{\"kid\":\"first\"}"])
    func otherTypes(json: String) throws {
        #expect(try refusal(Sample.header.with("kid", json).text) == .malformed)
        #expect(try refusal(Sample.header.with("typ", json).text) == .malformed)
    }

    @Test(
        "Another typ, and none, is another kind of token",
        arguments: ["JWT", "jwt", "rt+jwt", "AT+JWT", "at+JWT", "application/at+jwt", "at+jwt ", "at", ""])
    func types(typ: String) throws {
        #expect(try refusal(Sample.header.with("typ", "\"\(typ)\"").text) == .wrongType)
        #expect(try refusal(Sample.header.without("typ").text) == .wrongType)
    }

    @Test(
        "No other member is let through",
        arguments: [
            ("crit", "[\"exp\"]"), ("crit", "[]"), ("b64", "false"), ("b64", "true"), ("jwk", "{\"kty\":\"oct\"}"),
            ("jku", "\"https://evil.example/keys\""), ("x5u", "\"https://evil.example/\""), ("x5c", "[]"),
            ("x5t", "\"a\""), ("cty", "\"JWT\""), ("zip", "\"DEF\""), ("enc", "\"A128GCM\""), ("x", "\"y\""),
            ("", "\"\""),
            ("Alg", "\"HS256\""), ("KID", "\"first\""), ("\\u212aid", "\"first\""),
        ])
    func otherMembers(name: String, json: String) throws {
        #expect(try refusal(Sample.header.adding(name, json).text) == .malformed)
    }

    @Test(
        "A member that stands twice is refused, even with the same value",
        arguments: [
            ("alg", "\"HS256\""), ("alg", "\"none\""), ("kid", "\"first\""), ("kid", "\"second\""),
            ("typ", "\"at+jwt\""),
            ("\\u0061lg", "\"none\""), ("k\\u0069d", "\"second\""),
        ])
    func duplicates(name: String, json: String) throws {
        #expect(try refusal(Sample.header.adding(name, json).text) == .malformed)
        let first = Members(list: [(name, json)] + Sample.header.list)
        #expect(try refusal(first.text) == .malformed)
    }

    @Test(
        "A header that is no strict JSON object is malformed",
        arguments: [
            "", "null", "[]", "\"HS256\"", "1", "{}", "{", "not JSON", Sample.header.text + ",",
            Sample.header.text + "\u{0}",
            "\u{FEFF}" + Sample.header.text, "[" + Sample.header.text + "]",
            #"{"alg":"HS256","kid":"first","typ":"at+jwt",}"#, #"{'alg':'HS256','kid':'first','typ':'at+jwt'}"#,
        ])
    func malformed(header: String) throws {
        #expect(try refusal(header) == .malformed)
    }

    @Test("White space and the order of members do not matter: the signature covers them as they are")
    func spelling() throws {
        #expect(try refusal("{ \"typ\":\"at+jwt\",\n \"kid\":\"first\", \"alg\":\"HS256\" }") == nil)
    }
}
