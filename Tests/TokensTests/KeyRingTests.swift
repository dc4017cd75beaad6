import Testing

@testable import Tokens

@Suite("The ring of keys")
struct KeyRingTests {
    /// 32 zero bytes in base64url: 43 characters.
    private static let k = String(repeating: "A", count: 43)

    private static func jwk(kid: String = "\"a\"", alg: String = "\"HS256\"", k: String = "\"\(k)\"") -> String {
        #"{"kty":"oct","kid":\#(kid),"alg":\#(alg),"k":\#(k)}"#
    }

    private static func set(_ keys: String...) -> String {
        #"{"keys":[\#(keys.joined(separator: ","))]}"#
    }

    @Test(
        "A text that is no JWK Set of our keys is refused with its cause",
        arguments: [
            ("{}", .notAKeySet), ("[]", .notAKeySet), ("null", .notAKeySet), (#"{"keys":{}}"#, .notAKeySet),
            (#"{"keys":"a"}"#, .notAKeySet), (#"{"keys":[1]}"#, .notAKeySet), (#"{"Keys":[]}"#, .notAKeySet),
            (jwk(), .notAKeySet), (set(), .noKeys),
            (set(#"{"kty":"oct","alg":"HS256","k":"\#(k)"}"#), .missingKeyID(position: 1)),
            (set(jwk(), jwk(kid: "7")), .missingKeyID(position: 2)),
            (set(jwk(kid: "null")), .missingKeyID(position: 1)),
            (set(jwk(kid: "\"\"")), .unusableKeyID), (set(jwk(kid: "\"a b\"")), .unusableKeyID),
            (set(jwk(kid: "\"a\\n\"")), .unusableKeyID), (set(jwk(kid: "\"\\u007f\"")), .unusableKeyID),
            (set(jwk(kid: "\"é\"")), .unusableKeyID), (set(jwk(kid: "\"\u{212A}\"")), .unusableKeyID),
            (set(jwk(kid: "\"\(String(repeating: "x", count: 65))\"")), .unusableKeyID),
            (set(jwk(), jwk()), .duplicateKeyID("a")), (set(jwk(), jwk(kid: "\"\\u0061\"")), .duplicateKeyID("a")),
            (set(#"{"kty":"RSA","kid":"a","alg":"HS256","k":"\#(k)"}"#), .notSymmetric(id: "a")),
            (set(#"{"kid":"a","alg":"HS256","k":"\#(k)"}"#), .notSymmetric(id: "a")),
            (set(#"{"kty":"OCT","kid":"a","alg":"HS256","k":"\#(k)"}"#), .notSymmetric(id: "a")),
            (set(#"{"kty":"oct","kid":"a","k":"\#(k)"}"#), .wrongAlgorithm(id: "a")),
            (set(jwk(alg: "\"HS512\"")), .wrongAlgorithm(id: "a")),
            (set(jwk(alg: "\"hs256\"")), .wrongAlgorithm(id: "a")),
            (set(jwk(alg: "\"none\"")), .wrongAlgorithm(id: "a")), (set(jwk(alg: "null")), .wrongAlgorithm(id: "a")),
            (set(#"{"kty":"oct","kid":"a","alg":"HS256"}"#), .malformedSecret(id: "a")),
            (set(jwk(k: "1")), .malformedSecret(id: "a")), (set(jwk(k: "\"\(k)=\"")), .malformedSecret(id: "a")),
            (set(jwk(k: "\"\(k.dropLast())+\"")), .malformedSecret(id: "a")),
            (set(jwk(k: "\"\(k.dropLast())B\"")), .malformedSecret(id: "a")),
            (set(jwk(k: "\" \(k)\"")), .malformedSecret(id: "a")),
            (set(jwk(k: "\"\"")), .shortKey(id: "a", length: 0)),
            (set(jwk(k: "\"\(k.dropLast(2))\"")), .malformedSecret(id: "a")),
            (set(jwk(k: "\"\(String(repeating: "A", count: 42))\"")), .shortKey(id: "a", length: 31)),
        ] as [(String, KeyRingError)])
    func refusals(text: String, error: KeyRingError) {
        #expect(throws: error) { try KeyRing(jwkSet: text.utf8) }
    }

    @Test(
        "A text that is no strict JSON is refused as such",
        arguments: [
            "", "keys", #"{"keys":[],}"#, "{\"keys\":[]}\u{0}", "\u{FEFF}{\"keys\":[]}", #"{"keys":[],"keys":[]}"#,
        ])
    func malformed(text: String) {
        do {
            _ = try KeyRing(jwkSet: text.utf8)
            Issue.record("was taken")
        } catch {
            guard case .notJSON = error else {
                Issue.record("refused as \(error)")
                return
            }
        }
    }

    @Test("A secret of 32 bytes is enough, one of 31 is not")
    func lengths() throws {
        #expect(throws: KeyRingError.shortKey(id: "a", length: 31)) {
            try Key(id: "a", secret: [UInt8](repeating: 7, count: 31))
        }
        let key = try Key(id: "a", secret: [UInt8](repeating: 7, count: 32))
        #expect(key.secret == [UInt8](repeating: 7, count: 32))
        #expect(try KeyRing(jwkSet: Self.set(Self.jwk()).utf8).signingKey.secret == [UInt8](repeating: 0, count: 32))
    }

    @Test(
        "A kid has 1 to 64 printable ASCII characters",
        arguments: ["!", "~", "2026-01", String(repeating: "x", count: 64)])
    func keyIDs(id: String) throws {
        #expect(try Key(id: id, secret: [UInt8](repeating: 0, count: 32)).id == id)
    }

    @Test("Members that are not known are ignored, in the set and in its keys")
    func unknownMembers() throws {
        let text = #"{"x":1,"keys":[{"use":"sig","kty":"oct","kid":"a","alg":"HS256","k":"\#(Self.k)","x":[]}]}"#
        #expect(try KeyRing(jwkSet: text.utf8).keys.map(\.id) == ["a"])
    }

    @Test("The first key signs, and each is found by its own name alone")
    func lookUp() throws {
        let ring = try KeyRing(
            ["K", "k", "b"].map { try Key(id: $0, secret: Array(repeating: $0.utf8.first ?? 0, count: 32)) })
        #expect(ring.signingKey.id == "K")
        #expect(ring.key(id: "k")?.secret == [UInt8](repeating: UInt8(ascii: "k"), count: 32))
        #expect(ring.key(id: "b")?.id == "b")
        for id in ["", "a", "B", "K ", "\u{212A}", "K\u{0}"] {
            #expect(ring.key(id: id) == nil, "\(id.debugDescription)")
        }
    }

    @Test("A ring needs a key, and no two of one name")
    func rings() throws {
        let key = try Sample.firstKey()
        #expect(throws: KeyRingError.noKeys) { try KeyRing([]) }
        #expect(throws: KeyRingError.duplicateKeyID("first")) { try KeyRing([key, Sample.secondKey(), key]) }
    }

    @Test("A ring comes back from its JWK Set, in its order")
    func roundTrip() throws {
        var random = SeededGenerator()
        let ring = try KeyRing([
            Key(id: "2026-02", secret: random.bytes(32)), Key(id: "\"\\{}", secret: random.bytes(33)),
            Key(id: "old", secret: random.bytes(64)),
        ])
        let read = try KeyRing(jwkSet: ring.jwkSet)
        #expect(read.keys.map(\.id) == ["2026-02", "\"\\{}", "old"])
        #expect(read.keys.map(\.secret) == ring.keys.map(\.secret), "seed \(random.seed)")
    }

    @Test("No description of a key, a ring or a signer shows the secret")
    func descriptions() throws {
        let secret = Array("a secret that nobody may ever see".utf8)
        let key = try Key(id: "a", secret: secret)
        let ring = try KeyRing([key])
        #expect("\(key)" == "key a")
        let texts = [
            "\(key)", String(reflecting: key), "\(ring)", String(reflecting: ring), "\(TokenSigner(keys: ring))",
        ]
        for text in texts {
            #expect(!text.contains(Base64URL.encode(secret)))
            #expect(!text.contains("97, 32, 115"))
            #expect(!text.contains("secret"))
        }
    }

    @Test(
        "An error's description is a lower-case cause that names the key",
        arguments: [
            (.shortKey(id: "a", length: 31), "the key 'a' has 31 bytes, fewer than the 32 that HS256 needs"),
            (.missingKeyID(position: 2), "key 2 in the key file has no 'kid'"),
        ] as [(KeyRingError, String)])
    func errorDescriptions(error: KeyRingError, text: String) {
        #expect(error.description == text)
    }
}
