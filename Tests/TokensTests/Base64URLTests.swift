import Testing

@testable import Tokens

@Suite("Base64url")
struct Base64URLTests {
    @Test(
        "The vectors of RFC 4648 section 10, without their padding, go both ways",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded.utf8) == Array(plain.utf8))
    }

    @Test("The last two characters of the alphabet are those of RFC 4648 section 5")
    func alphabet() {
        // 62 is 0b111110 and 63 is 0b111111.
        #expect(Base64URL.encode([0b1111_1011, 0b1110_1111, 0b1011_1110]) == "----")
        #expect(Base64URL.encode([0xFF, 0xFF, 0xFF]) == "____")
        #expect(Base64URL.decode("-_-_".utf8) == [0xFB, 0xFF, 0xBF])
    }

    @Test("Random bytes of every length from 0 to 300 come back, in the shortest text without padding")
    func roundTrip() {
        var random = SeededGenerator()
        for length in 0...300 {
            let bytes = random.bytes(length)
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text.utf8) == bytes, "seed \(random.seed), length \(length)")
            #expect(text.utf8.count == (length * 8 + 5) / 6, "seed \(random.seed), length \(length)")
        }
    }

    @Test(
        "What is no base64url is refused",
        arguments: [
            "Zg==", "Zg=", "Zm8=", "=", "====", "Zm9v=", "Zm9v====", "Z=g", "Zm 9v", " Zm9v", "Zm9v ", "Zm9v\n",
            "Zm9v\r\n", "\tZm9v", "Zm\n9v", "ab+/", "ab+d", "ab/d", "Zm9\u{0}", "Zm9\u{E9}", "\u{FF3A}m9v", "Zm9.",
            "Zm,v", "Zm9*", "\u{212A}m9v",
        ])
    func refusals(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test("A text of a length that no bytes have is refused", arguments: [1, 5, 9, 401])
    func impossibleLengths(length: Int) {
        #expect(Base64URL.decode([UInt8](repeating: UInt8(ascii: "A"), count: length)) == nil)
    }

    @Test("Of all texts of two bytes, exactly one decodes to each byte")
    func oneTextForEachByte() {
        var texts = [Int](repeating: 0, count: 256)
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                guard let bytes = Base64URL.decode([first, second]) else { continue }
                guard bytes.count == 1 else {
                    Issue.record("two characters became \(bytes.count) bytes")
                    return
                }
                texts[Int(bytes[0])] += 1
            }
        }
        #expect(texts == [Int](repeating: 1, count: 256))
    }

    @Test("Of all texts of three characters, exactly one decodes to each two bytes")
    func oneTextForEachTwoBytes() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var texts = [Int](repeating: 0, count: 65_536)
        for first in alphabet {
            for second in alphabet {
                for third in alphabet {
                    guard let bytes = Base64URL.decode([first, second, third]) else { continue }
                    texts[Int(bytes[0]) << 8 | Int(bytes[1])] += 1
                }
            }
        }
        #expect(texts.allSatisfy { $0 == 1 })
    }

    @Test("Non-zero trailing bits are refused at the end of a longer text too")
    func trailingBits() {
        #expect(Base64URL.decode("Zm9vYg".utf8) == Array("foob".utf8))
        #expect(Base64URL.decode("Zm9vYh".utf8) == nil)
        #expect(Base64URL.decode("Zm9vYmE".utf8) == Array("fooba".utf8))
        #expect(Base64URL.decode("Zm9vYmF".utf8) == nil)
    }
}
