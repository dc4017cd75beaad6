import Testing

@testable import Tokens

@Suite("JSON's numbers and strings")
struct JSONScalarTests {
    @Test(
        "Whole numbers up to 2^53-1 are integers",
        arguments: [
            ("0", 0), ("1", 1), ("-1", -1), ("10", 10), ("9007199254740991", 9_007_199_254_740_991),
            ("-9007199254740991", -9_007_199_254_740_991), ("-0", 0),
        ])
    func integers(text: String, value: Int) throws {
        #expect(try JSONValue(text.utf8) == .integer(value))
    }

    @Test(
        "Numbers that readers disagree about are no integers",
        arguments: [
            "9007199254740992", "-9007199254740992", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "99999999999999999999999999", "1.0", "0.0", "1e5", "1E5", "1e+2", "1e-2", "0e0",
            "1.5", "-1.5", "1e400", "-0.0",
        ])
    func otherNumbers(text: String) throws {
        #expect(try JSONValue(text.utf8) == .otherNumber)
    }

    @Test(
        "What is no number is refused",
        arguments: [
            "01", "-01", "00", "+1", "1.", ".5", "-.5", "-", "1e", "1e+", "1.e5", "1.5e", "--1", "0x10", "1_000", "1,5",
            "NaN", "-NaN", "Infinity", "-Infinity", "inf", "١", "１", "1a", "- 1",
        ])
    func malformedNumbers(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(text.utf8) }
    }

    @Test(
        "Strings are decoded",
        arguments: [
            (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041""#, "A"),
            (#""\u00e9\u00E9""#, "éé"), (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00""#, "😀"), (#""😀""#, "😀"),
            (#""\u0000""#, "\u{0}"), (#""\uffff""#, "\u{FFFF}"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            (#""\ue000""#, "\u{E000}"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        ])
    func strings(text: String, value: String) throws {
        guard case .string(let read) = try JSONValue(text.utf8) else {
            Issue.record("no string")
            return
        }
        #expect(Array(read.utf8) == Array(value.utf8))
    }

    @Test(
        "Strings keep the bytes that were written: they are not normalised",
        arguments: ["é", "e\u{301}", "\u{212A}", "\u{1E9B}\u{323}"])
    func unnormalised(text: String) throws {
        guard case .string(let read) = try JSONValue("\"\(text)\"".utf8) else {
            Issue.record("no string")
            return
        }
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    @Test(
        "Escapes that mean nothing are refused",
        arguments: [
            #""\x41""#, #""\a""#, #""\'""#, #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u12G4""#, #""\u+123""#,
            #""\u 123""#, #""\U0041""#, #""\u{41}""#, #""\0""#, "\"\\\n\"", #""\u１２３４""#,
        ])
    func unknownEscapes(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(text.utf8) }
    }

    @Test(
        "Half a surrogate pair is refused",
        arguments: [
            #""\ud800""#, #""\udbff""#, #""\udc00""#, #""\udfff""#, #""\ud800\u0041""#, #""\ud800x""#, #""\ud800\n""#,
            #""\ud800\ud800""#, #""\ude00\ud83d""#, #""\ud83d\""#, #""\ud83d\u""#, #""\ud83d\ude0""#,
        ])
    func loneSurrogates(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(text.utf8) }
    }

    @Test("A control character must be escaped", arguments: UInt8(0)...0x1F)
    func controlCharacters(byte: UInt8) {
        #expect(throws: JSONError.self) { try JSONValue([0x22, byte, 0x22]) }
        #expect(throws: JSONError.self) { try JSONValue([0x22, 0x5C, byte, 0x22]) }
    }
}
