import Foundation
import Testing

@testable import Identity

@Suite("Password hashes")
struct PasswordHashTests {
    /// The hash within a PHC string, in hexadecimal.
    private func digest(in phc: String) -> String {
        let text = String(phc.split(separator: "$").last ?? "")
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        return (Data(base64Encoded: padded) ?? Data()).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
    }

    /// scrypt ends with PBKDF2 for one round, whose output comes in blocks of 32 bytes that do not depend on how many
    /// are asked for (RFC 8018 section 5.2): our 32 bytes are the first of the RFC's 64.
    @Test(
        "They are the scrypt of RFC 7914 section 12",
        arguments: [
            ("", "", "4,1,1", "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"),
            ("password", "NaCl", "10,8,16", "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"),
            (
                "pleaseletmein", "SodiumChloride", "14,8,1",
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            ),
        ])
    func vectors(password: String, salt: String, cost: String, expected: String) {
        let made = hashed(Password(presented: password), cost: .cost(cost), salt: Array(salt.utf8))
        #expect(digest(in: made.phc) == expected)
        #expect(made.matches(Password(presented: password)) == !password.isEmpty)
    }

    @Test("A PHC string written elsewhere is understood")
    func foreignString() throws {
        // The third vector above, in the alphabet of RFC 4648 section 4, without padding.
        let phc = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI"
        let hash = try #require(PasswordHash(phc: phc))
        #expect(hash.cost == .cost("14,8,1"))
        #expect(hash.phc == phc)
        #expect(hash.matches(Password(presented: "pleaseletmein")) == true)
        #expect(hash.matches(Password(presented: "pleaseletmeout")) == false)
    }

    @Test("A hash comes back from its PHC string", arguments: ["1,1,1", "2,3,4", "1,8,16"])
    func roundTrip(cost: String) throws {
        let hash = cheapHash("a good password", cost: .cost(cost))
        let read = try #require(PasswordHash(phc: hash.phc))
        #expect(read == hash)
        #expect(read.cost == .cost(cost))
        #expect(read.matches(Password(presented: "a good password")) == true)
        let numbers = cost.split(separator: ",")
        #expect(hash.phc.hasPrefix("$scrypt$ln=\(numbers[0]),r=\(numbers[1]),p=\(numbers[2])$"))
        // 16 bytes of salt and 32 of hash, in base64 without padding.
        #expect(hash.phc.split(separator: "$").map(\.count).suffix(2) == [22, 43])
    }

    @Test("One password has another hash under another salt, and both match")
    func salts() {
        let (one, two) = (cheapHash("a good password"), cheapHash("a good password"))
        #expect(one != two)
        #expect(one.matches(Password(presented: "a good password")) == true)
        #expect(two.matches(Password(presented: "a good password")) == true)
    }

    /// A PHC string that is good, for the ones below to differ from.
    private static let salt = "AAAAAAAAAAAAAAAAAAAAAA"
    private static let zeros = String(repeating: "A", count: 43)
    private static let good = "$scrypt$ln=1,r=1,p=1$\(salt)$\(zeros)"

    @Test(
        "What phc did not write is refused",
        arguments: [
            "", "$", "x", "\(good.dropFirst())", "$\(good)", "\(good)$", "\(good)$x", "\(good) ", " \(good)",
            "\(good)\n",
            "$scrypt$ln=1,r=1,p=1$\(salt)", "$scrypt$ln=1,r=1,p=1$$\(zeros)", "$scrypt$ln=1,r=1,p=1$\(salt)$",
            "$SCRYPT$ln=1,r=1,p=1$\(salt)$\(zeros)", "$argon2id$ln=1,r=1,p=1$\(salt)$\(zeros)",
            "$scrypt$ln=0,r=1,p=1$\(salt)$\(zeros)", "$scrypt$ln=21,r=1,p=1$\(salt)$\(zeros)",
            "$scrypt$ln=1,r=0,p=1$\(salt)$\(zeros)", "$scrypt$ln=1,r=33,p=1$\(salt)$\(zeros)",
            "$scrypt$ln=1,r=1,p=17$\(salt)$\(zeros)", "$scrypt$ln=01,r=1,p=1$\(salt)$\(zeros)",
            "$scrypt$ln=+1,r=1,p=1$\(salt)$\(zeros)", "$scrypt$r=1,ln=1,p=1$\(salt)$\(zeros)",
            "$scrypt$ln=1,r=1$\(salt)$\(zeros)", "$scrypt$ln=1,r=1,p=1,x=1$\(salt)$\(zeros)",
            "$scrypt$1,1,1$\(salt)$\(zeros)", "$scrypt$ln=1,r=1,p=1$AAAA$\(zeros)",
            "$scrypt$ln=1,r=1,p=1$\(salt)$\(zeros.dropLast(1))", "$scrypt$ln=1,r=1,p=1$\(salt)$\(zeros)A",
            "$scrypt$ln=1,r=1,p=1$\(salt)$\(zeros.dropLast())-", "$scrypt$ln=1,r=1,p=1$\(salt)$ \(zeros.dropLast())",
            "$scrypt$ln=1,r=1,p=1$\(salt)$\(zeros.dropLast())\n",
        ])
    func refusals(phc: String) {
        #expect(PasswordHash(phc: Self.good)?.phc == Self.good)
        #expect(PasswordHash(phc: phc) == nil)
    }

    @Test("No hash has a second spelling: padding and non-zero trailing bits are refused")
    func oneSpelling() {
        #expect(PasswordHash(phc: Self.good + "=") == nil)
        #expect(PasswordHash(phc: "$scrypt$ln=1,r=1,p=1$\(Self.salt)==$\(Self.zeros)") == nil)
        #expect(PasswordHash(phc: Self.good.dropLast() + "B") == nil)
        #expect(PasswordHash(phc: "$scrypt$ln=1,r=1,p=1$\(Self.salt.dropLast())B$\(Self.zeros)") == nil)
    }

    @Test("The decoy for an unknown user matches nothing, and costs what a real hash costs")
    func decoy() {
        let cost = ScryptCost.cost("3,2,1")
        let decoy = PasswordHash(decoyOf: cost)
        #expect(decoy.cost == cost)
        for text in ["", "correct horse", String(repeating: "x", count: 256), String(repeating: "x", count: 257)] {
            #expect(decoy.matches(Password(presented: text)) == false)
        }
    }
}
