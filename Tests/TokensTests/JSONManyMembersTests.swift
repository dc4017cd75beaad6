import Testing

@testable import Tokens

@Suite("JSON objects with very many members")
struct JSONManyMembersTests {
    @Test("A name that comes twice is found wherever it stands, whatever is between")
    func duplicates() throws {
        let members = (0..<5_000).map { "\"n\($0)\":0" }
        guard case .object(let object) = try JSONValue("{\(members.joined(separator: ","))}".utf8) else {
            Issue.record("no object")
            return
        }
        #expect(object.members.count == 5_000)
        for name in ["n0", "n2500", "n4999"] {
            #expect(throws: JSONError.self) { try JSONValue("{\(members.joined(separator: ",")),\"\(name)\":1}".utf8) }
        }
    }

    @Test("Names that Swift takes for equal are two names")
    func bytes() throws {
        guard case .object(let object) = try JSONValue("{\"K\":1,\"\u{212A}\":2}".utf8) else {
            Issue.record("no object")
            return
        }
        #expect(object.members.count == 2)
    }
}
