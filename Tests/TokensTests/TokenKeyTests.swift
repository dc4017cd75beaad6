import Testing

@testable import Tokens

@Suite("Which key a token is checked with")
struct TokenKeyTests {
    @Test("Every key of the ring verifies")
    func everyKey() throws {
        let header = Sample.header.with("kid", "\"second\"").text
        let token = try Sample.forged(header: header, key: Sample.secondKey())
        #expect(try Sample.verifier().verify(token.utf8, as: AccessClaims.self, at: Sample.now).keyID == "second")
    }

    @Test("A token of a key that was retired names no key")
    func retiredKey() throws {
        let old = try KeyRing([Sample.secondKey()])
        let token = try TokenSigner(keys: old).sign(Sample.access)
        #expect(try Sample.refusal(token) == nil)
        #expect(try Sample.refusal(token, keys: KeyRing([Sample.firstKey()])) == .unknownKey)
    }

    @Test("A token of an earlier key of the same name is refused")
    func replacedKey() throws {
        let earlier = try Key(id: "first", secret: [UInt8](repeating: 3, count: 32))
        #expect(try Sample.refusal(Sample.forged(key: earlier)) == .badSignature)
    }

    @Test("There is no default key", arguments: ["third", "", "First", "first ", "firs", "\\u0000", "0", "../first"])
    func unknownKeyIDs(id: String) throws {
        #expect(try Sample.refusal(Sample.forged(header: Sample.header.with("kid", "\"\(id)\"").text)) == .unknownKey)
    }

    @Test(
        "A kid is a name and nothing else: no path, address, query or command finds a key",
        arguments: [
            "../../../../dev/null", "/dev/null", "keys.json", "file:///dev/null", "https://evil.example/keys.json",
            "x' UNION SELECT 'secret", "first' OR '1'='1", "first;ls", "|cat keys.json", "$(cat keys.json)", "*",
            "%66irst",
            "first\\u0000", "first\\n", "first,second", "{}",
        ])
    func injection(id: String) throws {
        // Signed with what an attacker would hope for: the key of the ring, an empty file's bytes, and the text itself.
        let keys = [
            try Sample.firstKey(), try Key(id: "empty", secret: [UInt8](repeating: 0, count: 32)),
            try Key(id: "text", secret: Array((id + String(repeating: " ", count: 32)).utf8)),
        ]
        for key in keys {
            let token = try Sample.forged(header: Sample.header.with("kid", "\"\(id)\"").text, key: key)
            #expect(try Sample.refusal(token) == .unknownKey)
        }
    }

    @Test("Without a kid there is no key, not even in a ring of one")
    func missingKeyID() throws {
        let token = try Sample.forged(header: Sample.header.without("kid").text)
        #expect(try Sample.refusal(token) == .unknownKey)
        #expect(try Sample.refusal(token, keys: KeyRing([Sample.firstKey()])) == .unknownKey)
    }

    @Test("A kid that only looks like a key's is unknown")
    func lookalike() throws {
        let key = try Key(id: "K", secret: [UInt8](repeating: 5, count: 32))
        let ring = try KeyRing([key])
        let good = try Sample.forged(header: Sample.header.with("kid", "\"K\"").text, key: key)
        #expect(try Sample.refusal(good, keys: ring) == nil)
        let kelvin = try Sample.forged(header: Sample.header.with("kid", "\"\\u212a\"").text, key: key)
        #expect(try Sample.refusal(kelvin, keys: ring) == .unknownKey)
    }

    @Test("Both of two keys verify the token that each signed, and neither the other's")
    func otherKey() throws {
        let first = try Sample.forged(header: Sample.header.with("kid", "\"first\"").text, key: Sample.secondKey())
        let second = try Sample.forged(header: Sample.header.with("kid", "\"second\"").text, key: Sample.firstKey())
        #expect(try Sample.refusal(first) == .badSignature)
        #expect(try Sample.refusal(second) == .badSignature)
    }
}
