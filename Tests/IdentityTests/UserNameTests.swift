import Testing

@testable import Identity

@Suite("User names")
struct UserNameTests {
    @Test(
        "Letters, digits and . _ - @ + in ASCII make a name",
        arguments: [
            "abc", "ABC", "123", "a.b", "a_b", "a-b", "a@b", "a+b", "0..", "a--", "anna@example.com", "x@@",
            String(repeating: "x", count: 64),
        ])
    func good(text: String) throws {
        let name = try UserName(text)
        #expect(name.spelling == text)
        #expect(name.description == text)
        #expect(name.key == String(decoding: text.utf8.map { 65...90 ~= $0 ? $0 + 32 : $0 }, as: UTF8.self))
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "a", "ab", String(repeating: "x", count: 65), ".ab", "_ab", "-ab", "@ab", "+ab", "a b", " abc", "abc ",
            "abc\n", "abc\r\n", "abc\t", "abc\u{0}", "a/b", "a\\b", "a'b", "a\"b", "a<b", "a&b", "a%b", "a,b", "a;b",
            "a:b",
            "a=b", "a*b", "änna", "anna\u{301}", "ann\u{430}", "an\u{212A}a", "ａnna", "😀😀😀", "١٢٣", "ab\u{7F}",
            "ab\u{200B}c",
        ])
    func bad(text: String) {
        #expect(throws: IdentityError.invalidUsername) { try UserName(text) }
    }

    @Test("Names are equal, and hash so, without case")
    func equality() throws {
        let names = try ["Anna", "anna", "ANNA"].map { try UserName($0) }
        #expect(Set(names).count == 1)
        #expect(try UserName("anna") != UserName("anne"))
        #expect(try UserName("a.na") != UserName("anna"))
    }
}
