/// Reads one JSON text from its first byte to its last. See ``JSONValue`` for what is refused and why.
struct JSONParser {
    private let text: [UInt8]
    private var position = 0
    /// Objects and arrays that are open. Bounded, so that no text can exhaust the stack.
    private var depth = 0

    private static let maximumDepth = 16

    init(text: [UInt8]) {
        self.text = text
    }

    /// The one value of the text, with nothing but white space around it.
    mutating func parseText() throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        let value = try parseValue()
        skipWhiteSpace()
        guard position == text.count else { throw error("unexpected text after the value") }
        return value
    }

    // MARK: Values

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        guard let first = current else { throw error("expected a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try nested { parser throws(JSONError) in try parser.parseObject() })
        case UInt8(ascii: "["): return .array(try nested { parser throws(JSONError) in try parser.parseArray() })
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        case UInt8(ascii: "t"): return try parseLiteral("true", .bool(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .bool(false))
        case UInt8(ascii: "n"): return try parseLiteral("null", .null)
        default: throw error("expected a value")
        }
    }

    private mutating func nested<Result>(
        _ parse: (inout JSONParser) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        guard depth < Self.maximumDepth else { throw error("nested too deeply") }
        depth += 1
        position += 1
        let result = try parse(&self)
        depth -= 1
        return result
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        var object = JSONObject()
        skipWhiteSpace()
        if skip("}") { return object }
        repeat {
            skipWhiteSpace()
            guard current == UInt8(ascii: "\"") else { throw error("expected a member's name") }
            let start = position
            let name = try parseString()
            skipWhiteSpace()
            guard skip(":") else { throw error("expected ':'") }
            skipWhiteSpace()
            let value = try parseValue()
            guard object.append(name, value) else {
                throw JSONError(offset: start, reason: "a member that stands twice")
            }
            skipWhiteSpace()
        } while skip(",")
        guard skip("}") else { throw error("expected ',' or '}'") }
        return object
    }

    private mutating func parseArray() throws(JSONError) -> [JSONValue] {
        var values: [JSONValue] = []
        skipWhiteSpace()
        if skip("]") { return values }
        repeat {
            skipWhiteSpace()
            values.append(try parseValue())
            skipWhiteSpace()
        } while skip(",")
        guard skip("]") else { throw error("expected ',' or ']'") }
        return values
    }

    private mutating func parseLiteral(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard text[position...].prefix(length).elementsEqual("\(word)".utf8) else { throw error("expected a value") }
        position += length
        return value
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        skip("-")
        let firstDigit = current
        let digits = skipDigits()
        guard digits > 0, digits == 1 || firstDigit != UInt8(ascii: "0") else { throw error("malformed number") }
        var isInteger = true
        if skip(".") {
            isInteger = false
            guard skipDigits() > 0 else { throw error("malformed number") }
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { skip("-") }
            guard skipDigits() > 0 else { throw error("malformed number") }
        }
        let written = String(decoding: text[start..<position], as: UTF8.self)
        guard isInteger, let integer = Int(written), integer.magnitude <= JSONValue.largestInteger.magnitude else {
            return .otherNumber
        }
        return .integer(integer)
    }

    // MARK: Strings

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        var bytes: [UInt8] = []
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error("a control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: String(try parseEscape()).utf8)
            } else {
                bytes.append(byte)
            }
        }
        guard skip("\"") else { throw error("a string that does not end") }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw error("invalid UTF-8") }
        return string
    }

    private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
        guard let character = current else { throw error("a string that does not end") }
        position += 1
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(character)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try parseUnicodeEscape()
        default: throw error("an unknown escape")
        }
    }

    /// What follows `\u`: a scalar, or a high surrogate that needs its low one in a second escape.
    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let unit = try parseHexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800..<0xDC00).contains(unit), skip("\\"), skip("u") else { throw error("a lone surrogate") }
        let low = try parseHexadecimal()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw error("a lone surrogate") }
        return scalar
    }

    private mutating func parseHexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Characters

    private var current: UInt8? {
        position < text.count ? text[position] : nil
    }

    @discardableResult
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func skipWhiteSpace() {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private func error(_ reason: String) -> JSONError {
        JSONError(offset: position, reason: reason)
    }
}
