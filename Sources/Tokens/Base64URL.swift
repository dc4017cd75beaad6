/// Base64url without padding (RFC 4648 section 5, RFC 7515 appendix C), as JWS uses it.
///
/// Every byte string has exactly one encoding here, and nothing else decodes: padding, white space, the characters
/// of the other alphabet and non-zero trailing bits are refused. Otherwise a token would have twins: other texts
/// with the same meaning, which a list of seen or revoked tokens would miss.
public enum Base64URL {
    /// The encoding of `bytes`: 4 characters for each 3 bytes, and 2 or 3 for what remains.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: encodedBytes(bytes), as: UTF8.self)
    }

    /// The bytes that `text` encodes, or nil if it is not the one right encoding of any.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for character in text {
            let value = values[Int(character)]
            guard value != invalid else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        let trailing = bits & (1 << bitCount - 1)
        return trailing == 0 ? bytes : nil
    }

    /// The encoding of `bytes` as ASCII.
    static func encodedBytes(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(bits >> bitCount & 63)])
            }
        }
        if bitCount > 0 {
            text.append(alphabet[Int(bits << (6 - bitCount) & 63)])
        }
        return text
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let invalid: UInt8 = 255

    /// The value of each ASCII character, or `invalid`: 256 entries, so that any byte is a safe index.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}
