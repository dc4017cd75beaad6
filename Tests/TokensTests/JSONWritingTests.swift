import Foundation
import Testing

@testable import Tokens

@Suite("JSON is written so that every reader agrees")
struct JSONWritingTests {
    /// All that needs an escape, and what often goes wrong.
    private static let awkward = [
        "", "a", "\"", "\\", "\\\"", "/", "a\r\nb", "\u{7F}", "\u{2028}\u{2029}", "é", "e\u{301}", "😀", "\u{FEFF}",
        "\u{10FFFF}", #"\u0041"#, "\"}", #"","sub":"root"#, "</script>",
        String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) })),
    ]

    @Test("A string comes back with the same bytes, by this reader and by Foundation's", arguments: awkward)
    func strings(value: String) throws {
        var writer = JSONWriter()
        writer.add("before", 1)
        writer.add("value", value)
        writer.add("after", -2)
        guard case .object(let object) = try JSONValue(writer.bytes), case .string(let read)? = object["value"] else {
            Issue.record("no object with a string: \(String(decoding: writer.bytes, as: UTF8.self))")
            return
        }
        #expect(Array(read.utf8) == Array(value.utf8))
        #expect(object.members.map(\.name) == ["before", "value", "after"])
        #expect(object["before"] == .integer(1))
        #expect(object["after"] == .integer(-2))

        struct Message: Decodable { let value: String }
        let decoded = try JSONDecoder().decode(Message.self, from: Data(writer.bytes))
        #expect(Array(decoded.value.utf8) == Array(value.utf8))
    }

    @Test("A written object has no white space and no more escapes than it needs")
    func text() {
        var writer = JSONWriter()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "{}")
        writer.add("name", "a\"b\\c/d\né\u{1F}")
        writer.add("count", 9_007_199_254_740_991)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"name":"a\"b\\c/d\u000aé\u001f","count":9007199254740991}"#)
    }

    @Test("Objects nest in arrays and in members")
    func nesting() throws {
        var inner = JSONWriter()
        inner.add("a", 1)
        var outer = JSONWriter()
        outer.add("none", json: JSONWriter.array([]))
        outer.add("two", json: JSONWriter.array([inner.bytes, inner.bytes]))
        #expect(String(decoding: outer.bytes, as: UTF8.self) == #"{"none":[],"two":[{"a":1},{"a":1}]}"#)
    }
}
