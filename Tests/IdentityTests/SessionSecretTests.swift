import Testing
import Tokens

@testable import Identity

@Suite("What a browser holds of a session")
struct SessionSecretTests {
    @Test("It is 32 random bytes, never the same")
    func random() {
        let secrets = (0..<100).map { _ in SessionSecret().text }
        #expect(Set(secrets).count == 100)
        #expect(secrets.allSatisfy { Base64URL.decode($0.utf8)?.count == 32 })
        // Every bit is sometimes set and sometimes not.
        let bytes = secrets.compactMap { Base64URL.decode($0.utf8) }
        for place in 0..<32 {
            #expect(bytes.reduce(0) { $0 | $1[place] } == 0xFF)
            #expect(bytes.reduce(0xFF) { $0 & $1[place] } == 0)
        }
    }

    @Test("What is kept is its SHA-256 (FIPS 180-4) in base64url")
    func hash() {
        #expect(SessionSecret(presented: "abc").id.rawValue == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
        #expect(SessionSecret(presented: "").id.rawValue == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")
        let secret = SessionSecret()
        #expect(secret.id == SessionSecret(presented: secret.text).id)
        #expect(secret.id.rawValue != secret.text)
        // Equal to Swift's ==, but not the same bytes.
        #expect(SessionSecret(presented: "\u{E9}").id != SessionSecret(presented: "e\u{301}").id)
    }
}
