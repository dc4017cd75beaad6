/// Base64url without padding (RFC 4648 section 5, RFC 7515 appendix C), as JWS uses it.
///
/// Every byte string has exactly one encoding here, and nothing else decodes: padding, white space, the characters
/// of the other alphabet and non-zero trailing bits are refused. Otherwise a token would have twins: other texts
/// with the same meaning, which a list of seen or revoked tokens would miss.
public enum Base64URL {
    /// The encoding of `bytes`: 4 characters for each 3 bytes, and 2 or 3 for what remains.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        return String(unsafeUninitializedCapacity: length(encoding: bytes.count)) { room in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(room)) }
        }
    }

    /// The bytes that `text` encodes, or nil if it is not the one right encoding of any.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let text = Array(text)
        var isValid = false
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity(forDecoding: text.count)) { output, count in
            guard let room = UnsafeMutableRawBufferPointer(output).baseAddress,
                let decoded = text.withUnsafeBytes({ decode($0, into: room) })
            else { return }
            isValid = true
            count = decoded
        }
        return isValid ? bytes : nil
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The two characters of every twelve bits, the first one in the low byte.
    static let pairs: [UInt16] = (0..<4096).map { UInt16(alphabet[$0 >> 6]) | UInt16(alphabet[$0 & 63]) << 8 }

    /// What a character that is none of the alphabet has in ``tables``: bits that no value has.
    static let invalid: UInt32 = 0xFF00_0000

    /// Four tables of 256 entries, one for each place in a group of four characters: the character's six bits, where
    /// they belong in the group's 24.
    static let tables: [UInt32] = {
        var tables = [UInt32](repeating: invalid, count: 4 * 256)
        for (value, character) in alphabet.enumerated() {
            for place in 0..<4 {
                tables[place * 256 + Int(character)] = UInt32(value) << (18 - 6 * place)
            }
        }
        return tables
    }()
}
