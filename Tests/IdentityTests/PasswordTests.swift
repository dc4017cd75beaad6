import Testing

@testable import Identity

@Suite("Passwords")
struct PasswordTests {
    private func user(_ name: String = "anna") throws -> UserName { try UserName(name) }

    @Test(
        "A new password has 8 to 256 code points",
        arguments: [(0, false), (7, false), (8, true), (256, true), (257, false)])
    func lengths(count: Int, isGood: Bool) throws {
        // One, two and four bytes in UTF-8: code points are counted, not bytes.
        for character in ["a", "é", "😀", " "] {
            let text = String(repeating: character, count: count)
            if isGood {
                #expect(try Password(new: text, for: user()).bytes == Array(text.utf8))
            } else {
                #expect(throws: IdentityError.invalidPassword) { try Password(new: text, for: user()) }
            }
        }
    }

    @Test("Code points are counted after normalisation, and a combined character is as many as it has")
    func countsCodePoints() throws {
        // Eight letters e with an acute accent are 16 code points as typed here, and 8 normalised.
        #expect(throws: Never.self) { try Password(new: String(repeating: "e\u{301}", count: 8), for: user()) }
        #expect(throws: IdentityError.invalidPassword) {
            try Password(new: String(repeating: "e\u{301}", count: 7), for: user())
        }
        // A family is one character of five code points.
        #expect(throws: Never.self) { try Password(new: "👨‍👩‍👧👨‍👩‍👧", for: user()) }
    }

    @Test("Composed and decomposed, it is the same password")
    func normalised() throws {
        let composed = "pass\u{E9} partout"
        let decomposed = "passe\u{301} partout"
        #expect(Array(composed.utf8) != Array(decomposed.utf8))
        let hash = hashed(try Password(new: composed, for: user()))
        #expect(hash.matches(Password(presented: decomposed)) == true)
        #expect(hash.matches(Password(presented: composed)) == true)
        #expect(hash.matches(Password(presented: "passe partout")) == false)
        let other = hashed(try Password(new: decomposed, for: user()))
        #expect(other.matches(Password(presented: composed)) == true)
    }

    @Test("It may not be the user name, in whatever case", arguments: ["anna-maria", "ANNA-MARIA", "Anna-Maria"])
    func userName(text: String) throws {
        #expect(throws: IdentityError.invalidPassword) { try Password(new: text, for: user("Anna-maria")) }
        #expect(throws: Never.self) { try Password(new: text + "1", for: user("Anna-maria")) }
    }

    @Test("Every character counts, to the last of the longest and white space too")
    func nothingIsCut() throws {
        let longest = String(repeating: "x", count: 256)
        let hash = hashed(try Password(new: longest, for: user()))
        #expect(hash.matches(Password(presented: longest)) == true)
        #expect(hash.matches(Password(presented: String(longest.dropLast()))) == false)
        #expect(hash.matches(Password(presented: longest.dropLast() + "y")) == false)
        #expect(hash.matches(Password(presented: longest + "x")) == false)
        let spaced = hashed(try Password(new: " 8 spaces ", for: user()))
        #expect(spaced.matches(Password(presented: "8 spaces")) == false)
        let zero = hashed(try Password(new: "before\u{0}after", for: user()))
        #expect(zero.matches(Password(presented: "before")) == false)
        #expect(zero.matches(Password(presented: "before\u{0}other")) == false)
    }

    @Test(
        "Case counts, and lookalikes are others",
        arguments: ["Password1", "passWord1", "pаssword1", "ｐassword1", "password１"])
    func others(text: String) {
        #expect(cheapHash("password1").matches(Password(presented: text)) == false)
    }

    @Test(
        "What could never be a password matches nothing, not even a hash of the same",
        arguments: ["", String(repeating: "x", count: 257)])
    func impossible(text: String) {
        #expect(cheapHash(text).matches(Password(presented: text)) == false)
        #expect(cheapHash("").matches(Password(presented: text)) == false)
    }
}
