import Foundation
import Testing
import Tokens

@Suite("The article on Tokens")
struct ArticleTests {
    @Test("Its example compiles and does what it says")
    func example() throws {
        let keyFile = Data(
            #"{"keys":[{"kty":"oct","kid":"a1","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}]}"#.utf8
        )
        let now = 1_700_000_000
        // The article's lines:
        let keys = try KeyRing(jwkSet: keyFile)
        let signer = TokenSigner(keys: keys)
        let token = try signer.sign(
            AccessClaims(
                session: SessionClaims(
                    issuer: "shop", audience: "example", subject: "user-1", sessionID: "phone-7", count: 0,
                    issuedAt: now, expiresAt: now + 900, tokenID: "token-1"),
                userName: "anna"))

        let verifier = TokenVerifier(keys: keys, audience: "example", issuers: ["shop", "forum"])
        let verified = try verifier.verify(token, as: AccessClaims.self, at: now)
        print("\(verified.claims.userName), by key \(verified.keyID)")
        // End of the article's lines.
        #expect(verified.claims.userName == "anna")
        #expect(verified.keyID == "a1")
    }

    @Test("It shows the lines that are compiled here")
    func sameLines() throws {
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let lines = here.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasSuffix("// The article's lines:") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// End of the article's lines.") })
        let code = lines[(start + 1)..<end].map { $0.hasPrefix("        ") ? $0.dropFirst(8) : $0 }.joined(
            separator: "\n")
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appendingPathComponent("Sources/Tokens/Tokens.docc/Tokens.md"), encoding: .utf8)
        #expect(article.contains("```swift\n\(code)\n```"))
    }
}
