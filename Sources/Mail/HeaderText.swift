/// Text in a header (RFC 2047).
enum HeaderText {
    /// The text as one header value. Printable ASCII stands as it is; all else is encoded, in words of at most 75
    /// characters on lines of their own. A control character becomes a space.
    static func encoded(_ text: String) -> String {
        let clean = String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
        // What looks like an encoded word must be encoded itself. A line has room for 998 bytes, name and all.
        if clean.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !clean.utf8.starts(with: "=?".utf8),
            !clean.contains(" =?"), clean.utf8.count <= 900
        {
            return clean
        }
        var words: [String] = []
        var word = ""
        for scalar in clean.unicodeScalars {
            let next = String(scalar).utf8.map(encoded).joined()
            // 63 characters, and around them "=?utf-8?Q?" and "?=".
            if word.utf8.count + next.utf8.count > 63 {
                words.append(word)
                word = ""
            }
            word += next
        }
        words.append(word)
        return words.map { "=?utf-8?Q?\($0)?=" }.joined(separator: "\r\n ")
    }

    /// One byte in the Q encoding.
    private static func encoded(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            String(Unicode.Scalar(byte))
        case UInt8(ascii: " "): "_"
        default: "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate: true
        default: false
        }
    }
}
