import Testing
import Tokens

@testable import SSOServer

@Suite("A token taken apart")
struct TokenAnatomyTests {
    private func part(_ json: String) -> String { Base64URL.encode(Array(json.utf8)) }

    @Test("Its parts are as they came, the signature cut short")
    func parts() {
        let token = TokenAnatomy("aaaa.bbbb.0123456789")
        #expect(token.parts == ("aaaa", "bbbb", "01234567…"))
        #expect(TokenAnatomy("aaaa.bbbb.01234567").parts.signature == "01234567")
        #expect(TokenAnatomy("aaaa.bbbb.").parts.signature == "")
    }

    @Test("Header and payload are read, a line for each member")
    func text() {
        let token = TokenAnatomy("\(part(#"{"alg":"HS256","kid":"a1"}"#)).\(part(#"{"name":"a\"b","count":3}"#)).x")
        #expect(token.header == "{\n  \"alg\": \"HS256\",\n  \"kid\": \"a1\"\n}")
        #expect(token.payload == "{\n  \"name\": \"a\\\"b\",\n  \"count\": 3\n}")
    }

    @Test(
        "Whatever else comes is no reason to stop",
        arguments: [
            "", ".", "..", "...", "a", "a.b", "=.=.=", "\u{0}", "é.é.é", String(repeating: "a", count: 100_000),
        ])
    func garbage(text: String) {
        let token = TokenAnatomy(text)
        #expect(token.header == nil)
        #expect(token.payload == nil)
        #expect(token.parts.header.utf8.count <= 4096)
    }

    @Test("What no token of ours holds is named, not shown")
    func foreignMembers() {
        let token = TokenAnatomy(".\(part(#"{"deep":{"a":[1]},"pi":3.14,"no":null}"#)).")
        #expect(token.payload == "{\n  \"deep\": \"…\",\n  \"pi\": \"…\",\n  \"no\": \"…\"\n}")
    }
}
