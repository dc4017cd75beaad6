/// A user name: 3 to 64 characters out of `a`-`z`, `A`-`Z`, `0`-`9` and `. _ - @ +`, beginning with a letter or digit.
///
/// It is kept as it was typed, and compared without case. It is ASCII on purpose: two names that look alike are then
/// the same name, and Swift, the database and every client agree on what "the same" is.
public struct UserName: Sendable, Hashable, CustomStringConvertible {
    /// The name as it was typed at registration.
    public let spelling: String
    /// What makes it unique: the name in lower case.
    public let key: String

    /// Checks a name.
    ///
    /// - Throws: ``IdentityError/invalidUsername`` if it breaks the rule above.
    public init(_ text: String) throws(IdentityError) {
        let bytes = text.utf8
        guard (3...64).contains(bytes.count), let first = bytes.first, Self.isLetterOrDigit(first),
            bytes.allSatisfy({ Self.isLetterOrDigit($0) || ".-_@+".utf8.contains($0) })
        else { throw .invalidUsername }
        spelling = text
        key = text.lowercased()
    }

    /// The name as it was typed.
    public var description: String { spelling }

    /// Names are equal if they are without case.
    public static func == (a: Self, b: Self) -> Bool { a.key == b.key }

    /// Hashes what makes the name unique.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            false
        }
    }
}
