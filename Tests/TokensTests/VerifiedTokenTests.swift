import Testing

@testable import Tokens

@Suite("A verified token's claims as JSON")
struct VerifiedTokenTests {
    private func json(of payload: String) throws -> String {
        let token = try Sample.verifier().verify(
            try Sample.forged(payload: payload), as: AccessClaims.self, at: Sample.now)
        return String(decoding: token.json, as: UTF8.self)
    }

    @Test("Claims that the signer wrote are passed on as they stand")
    func ownShape() throws {
        #expect(try json(of: Sample.payload.text) == Sample.payload.text)
        let signed = try TokenSigner(keys: Sample.ring()).sign(Sample.access)
        let token = try Sample.verifier().verify(signed, as: AccessClaims.self, at: Sample.now)
        #expect(token.json == Sample.access.payload)
    }

    @Test(
        "Claims that somebody else wrote come in the signer's form, without what is no claim of ours",
        arguments: [
            Sample.payload.adding("admin", "true").text,
            Sample.payload.text.split(separator: ",").joined(separator: " ,\n"),
            Members(list: Sample.payload.list.reversed()).text,
            Sample.payload.with("name", #""\u0061nna""#).text,
        ])
    func othersShape(payload: String) throws {
        #expect(try json(of: payload) == Sample.payload.text)
    }

    @Test("A name is escaped where JSON needs it, and reads back as it was")
    func escapes() throws {
        let text = try json(of: Sample.payload.with("name", #""a\"b\\c\u000ad\u00e9""#).text)
        #expect(text == Sample.payload.with("name", #""a\"b\\c\u000adé""#).text)
    }

    @Test("A refresh token's claims have no name")
    func refresh() throws {
        let token = try Sample.verifier().verify(
            try Sample.forged(header: Sample.refreshHeader.text, payload: Sample.payload.text), as: RefreshClaims.self,
            at: Sample.now)
        #expect(String(decoding: token.json, as: UTF8.self) == Sample.refreshPayload.text)
    }
}
