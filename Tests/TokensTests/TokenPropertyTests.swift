import Testing

@testable import Tokens

@Suite("For any claims")
struct TokenPropertyTests {
    private static let scalars: [ClosedRange<UInt32>] = [
        0x00...0x1F, 0x20...0x7E, 0x20...0x7E, 0x22...0x22, 0x5C...0x5C, 0x7F...0x2FF, 0x300...0x36F, 0x2028...0x2029,
        0xE000...0xFFFF, 0x1_F600...0x1_F64F,
    ]

    private func text(_ random: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 1...24, using: &random) {
            let range = Self.scalars[Int.random(in: 0..<Self.scalars.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }

    private func claims(_ random: inout SeededGenerator) -> AccessClaims {
        let issuedAt = Int.random(in: 0...Sample.now, using: &random)
        return AccessClaims(
            session: SessionClaims(
                issuer: Bool.random(using: &random) ? "bank" : "retirement", audience: "sso", subject: text(&random),
                sessionID: text(&random), count: Int.random(in: 0...JSONValue.largestInteger, using: &random),
                issuedAt: issuedAt,
                expiresAt: Int.random(in: Sample.now + 1...JSONValue.largestInteger, using: &random),
                tokenID: text(&random)),
            userName: text(&random))
    }

    /// Strings by their bytes: `==` would let canonically equivalent ones pass.
    private func bytes(_ claims: AccessClaims) -> [[UInt8]] {
        [claims.userName, claims.session.subject, claims.session.sessionID, claims.session.tokenID].map {
            Array($0.utf8)
        }
    }

    @Test("What is signed verifies, says the same, and does neither after any of 40 bits was changed")
    func roundTrip() throws {
        var random = SeededGenerator()
        let signer = TokenSigner(keys: try Sample.ring())
        let verifier = try Sample.verifier()
        for _ in 0..<100 {
            let claims = claims(&random)
            let token = Array(try signer.sign(claims).utf8)
            let read = try verifier.verify(token, as: AccessClaims.self, at: Sample.now).claims
            #expect(read == claims, "seed \(random.seed)")
            #expect(bytes(read) == bytes(claims), "seed \(random.seed)")
            for _ in 0..<40 {
                let bit = Int.random(in: 0..<token.count * 8, using: &random)
                expectRefused(token, bit, verifier, random.seed)
            }
        }
    }

    @Test("No bit of a token can be changed")
    func everyBit() throws {
        var random = SeededGenerator()
        let signer = TokenSigner(keys: try Sample.ring())
        let verifier = try Sample.verifier()
        for _ in 0..<4 {
            let token = Array(try signer.sign(claims(&random)).utf8)
            for bit in 0..<token.count * 8 { expectRefused(token, bit, verifier, random.seed) }
        }
    }

    private func expectRefused(_ token: [UInt8], _ bit: Int, _ verifier: TokenVerifier, _ seed: UInt64) {
        var changed = token
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        do {
            _ = try verifier.verify(changed, as: AccessClaims.self, at: Sample.now)
            Issue.record("a token with bit \(bit) changed was taken, seed \(seed)")
        } catch {}
    }

    @Test("Random bytes are refused, and stop nothing")
    func noise() throws {
        var random = SeededGenerator()
        let verifier = try Sample.verifier()
        let alphabet = Array("ABCabc012-_.{}\":,".utf8)
        for _ in 0..<2_000 {
            let length = Int.random(in: 0...200, using: &random)
            let raw = random.bytes(length)
            let texts = [raw, raw.map { alphabet[Int($0) % alphabet.count] }]
            for text in texts {
                #expect(throws: TokenError.self, "seed \(random.seed)") {
                    try verifier.verify(text, as: AccessClaims.self, at: Sample.now)
                }
            }
            let signed = try Sample.forged(payload: String(decoding: texts[1], as: UTF8.self))
            #expect(try Sample.refusal(signed) == .malformed, "seed \(random.seed)")
        }
    }
}
