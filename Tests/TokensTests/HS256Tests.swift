import Testing

@testable import Tokens

/// A key, a message and what HMAC-SHA-256 makes of them, in hexadecimal.
struct HMACVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let key: [UInt8]
    let message: [UInt8]
    let signature: String
}

@Suite("HS256")
struct HS256Tests {
    /// Test cases 1 to 4 have keys under 32 bytes. HMAC fills a key up to 64 bytes with zeros (RFC 2104 section 2), so
    /// filling it up to 32 here changes nothing. Case 5 is about truncation.
    private static let rfc4231 = [
        HMACVector(
            testDescription: "case 1", key: [UInt8](repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
            signature: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        HMACVector(
            testDescription: "case 2", key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            signature: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        HMACVector(
            testDescription: "case 3", key: [UInt8](repeating: 0xaa, count: 20),
            message: [UInt8](repeating: 0xdd, count: 50),
            signature: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        HMACVector(
            testDescription: "case 4", key: Array(1...25), message: [UInt8](repeating: 0xcd, count: 50),
            signature: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        HMACVector(
            testDescription: "case 6", key: [UInt8](repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            signature: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        HMACVector(
            testDescription: "case 7", key: [UInt8](repeating: 0xaa, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            signature: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test("It is the HMAC-SHA-256 of RFC 4231", arguments: rfc4231)
    func vectors(vector: HMACVector) throws {
        let filling = [UInt8](repeating: 0, count: max(0, 32 - vector.key.count))
        let key = try Key(id: "a", secret: vector.key + filling)
        let signature = HS256.signature(of: vector.message, key: key)
        #expect(hexadecimal(signature) == vector.signature)
        #expect(HS256.isValid(signature, of: vector.message, key: key))
    }

    @Test("It signs the example of RFC 7515 appendix A.1 as it stands there")
    func example() throws {
        let k = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        let input =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let key = try Key(id: "a", secret: #require(Base64URL.decode(k.utf8)))
        let signature = HS256.signature(of: Array(input.utf8), key: key)
        #expect(Base64URL.encode(signature) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    @Test("A signature that is changed, cut short, made longer or empty is not valid")
    func tampered() throws {
        let key = try Sample.firstKey()
        let message = Array("message".utf8)
        let good = HS256.signature(of: message, key: key)
        for bit in 0..<256 {
            var changed = good
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!HS256.isValid(changed, of: message, key: key), "bit \(bit)")
        }
        for bad in [[], Array(good.dropLast()), good + [0], Array(good.reversed()), good + good] {
            #expect(!HS256.isValid(bad, of: message, key: key))
        }
        #expect(!HS256.isValid(good, of: message + [0], key: key))
        #expect(!HS256.isValid(good, of: message, key: try Sample.secondKey()))
        #expect(HS256.isValid(good, of: message, key: key))
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
