import Testing

@testable import Tokens

/// One text with a name for it.
struct JSONCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: [UInt8]

    init(_ description: String, _ text: String) {
        self.init(description, bytes: Array(text.utf8))
    }

    init(_ description: String, bytes: [UInt8]) {
        testDescription = description
        text = bytes
    }
}

@Suite("JSON is read strictly")
struct JSONReadingTests {
    @Test(
        "What strict JSON is not, is refused",
        arguments: [
            JSONCase("nothing", ""), JSONCase("white space alone", " \t\r\n"),
            JSONCase("a trailing comma in an object", #"{"a":1,}"#), JSONCase("a trailing comma in an array", "[1,]"),
            JSONCase("a leading comma", "[,1]"), JSONCase("two commas", "[1,,2]"), JSONCase("no comma", "[1 2]"),
            JSONCase("no colon", #"{"a" 1}"#), JSONCase("no value", #"{"a":}"#), JSONCase("no name", "{:1}"),
            JSONCase("a name without quotes", "{a:1}"), JSONCase("a name that is a number", "{1:1}"),
            JSONCase("single quotes", "{'a':1}"), JSONCase("a comment", "[1/* one */]"),
            JSONCase("a line comment", "1 // one"), JSONCase("an open object", #"{"a":1"#),
            JSONCase("an open array", "[1"), JSONCase("an open string", #""a"#),
            JSONCase("a string that ends in a backslash", #""a\"#), JSONCase("the wrong bracket", "[1}"),
            JSONCase("a closing bracket alone", "]"), JSONCase("text after an object", "{}x"),
            JSONCase("two objects", "{}{}"), JSONCase("two numbers", "1 2"),
            JSONCase("NUL at the end", "{}\u{0}"), JSONCase("NUL at the start", "\u{0}{}"),
            JSONCase("a no-break space", "\u{A0}{}"), JSONCase("a vertical tab", "\u{B}{}"),
            JSONCase("a form feed", "\u{C}{}"), JSONCase("a line separator", "{}\u{2028}"),
            JSONCase("a literal in upper case", "TRUE"), JSONCase("a capital", "True"),
            JSONCase("half a literal", "tru"),
            JSONCase("too much of a literal", "nulll"), JSONCase("two literals", "truefalse"),
            JSONCase("undefined", "undefined"),
        ])
    func malformed(text: JSONCase) {
        #expect(throws: JSONError.self) { try JSONValue(text.text) }
    }

    @Test(
        "Other encodings than plain UTF-8 are refused",
        arguments: [
            JSONCase("a byte-order mark", bytes: [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
            JSONCase("UTF-16, big-endian", bytes: [0, 0x7B, 0, 0x7D]),
            JSONCase("UTF-16, little-endian", bytes: [0x7B, 0, 0x7D, 0]),
            JSONCase("UTF-16 with a mark", bytes: [0xFE, 0xFF, 0, 0x7B, 0, 0x7D]),
            JSONCase("UTF-32", bytes: [0, 0, 0, 0x7B, 0, 0, 0, 0x7D]),
            JSONCase("a byte that is never UTF-8", bytes: [0x22, 0xFF, 0x22]),
            JSONCase("a continuation byte alone", bytes: [0x22, 0x80, 0x22]),
            JSONCase("an overlong NUL", bytes: [0x22, 0xC0, 0x80, 0x22]),
            JSONCase("an overlong slash", bytes: [0x22, 0xE0, 0x80, 0xAF, 0x22]),
            JSONCase("an encoded surrogate", bytes: [0x22, 0xED, 0xA0, 0x80, 0x22]),
            JSONCase("beyond U+10FFFF", bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22]),
            JSONCase("a character cut short", bytes: [0x22, 0xE2, 0x82, 0x22]),
            JSONCase("invalid UTF-8 in a name", bytes: [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]),
            JSONCase("invalid UTF-8 between values", bytes: [0x5B, 0x31, 0xFF, 0x5D]),
        ])
    func encodings(text: JSONCase) {
        #expect(throws: JSONError.self) { try JSONValue(text.text) }
    }

    @Test(
        "A member that stands twice is refused, however it is written",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#,
            #"{"a\/b":1,"a/b":2}"#, #"{"":1,"":2}"#, #"[{"x":{"a":1,"a":2}}]"#,
            #"{"\ud83d\ude00":1,"😀":2}"#,
        ])
    func duplicates(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(text.utf8) }
    }

    @Test("Names that only look the same are two names")
    func distinctNames() throws {
        let kelvin = try JSONValue(#"{"K":1,"\u212A":2}"#.utf8)
        guard case .object(let object) = kelvin else {
            Issue.record("no object")
            return
        }
        #expect(object["K"] == .integer(1))
        #expect(object["\u{212A}"] == .integer(2))
        #expect(object["k"] == nil)
        #expect(throws: Never.self) { try JSONValue(#"{"é":1,"e\u0301":2}"#.utf8) }
    }

    @Test("Sixteen levels are read, a seventeenth is refused, and no depth stops the process")
    func depth() throws {
        func arrays(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        func objects(_ levels: Int) -> String {
            String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
        }
        var innermost = JSONValue.array([])
        for _ in 1..<16 { innermost = .array([innermost]) }
        #expect(try JSONValue(arrays(16).utf8) == innermost)
        #expect(throws: Never.self) { try JSONValue(objects(16).utf8) }
        for text in [
            arrays(17), objects(17), arrays(100_000), objects(100_000), String(repeating: "[", count: 100_000),
        ] {
            #expect(throws: JSONError.self) { try JSONValue(text.utf8) }
        }
    }

    @Test("Depth is that of open brackets, not of all there were")
    func breadth() throws {
        let text = "[" + [String](repeating: "[{}]", count: 100).joined(separator: ",") + "]"
        let element = JSONValue.array([.object(JSONObject())])
        #expect(try JSONValue(text.utf8) == .array([JSONValue](repeating: element, count: 100)))
    }

    @Test("Objects keep the order of their members, and white space between tokens means nothing")
    func objects() throws {
        let value = try JSONValue(" {\t\"b\" : true ,\r\n\"a\":[ null , false ] } \n".utf8)
        guard case .object(let object) = value else {
            Issue.record("no object")
            return
        }
        #expect(object.members.map(\.name) == ["b", "a"])
        #expect(object["b"] == .bool(true))
        #expect(object["a"] == .array([.null, .bool(false)]))
    }

    @Test("An error says where reading stopped")
    func errors() {
        #expect(throws: JSONError(offset: 7, reason: "a member that stands twice")) {
            try JSONValue(#"{"a":1,"a":2}"#.utf8)
        }
    }
}
