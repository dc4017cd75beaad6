/// An email address: ASCII, at most 254 bytes, one `@`; before it letters, digits and the signs that need no quotes
/// (the dot-atom of RFC 5322 section 3.4.1), after it a host name.
///
/// Fewer addresses than the RFCs allow: what is let in here can stand in a header, in an SMTP command and in a page as
/// it is, with no quoting to be got wrong. Host names have no case, so the host is kept in lower case; before the `@`,
/// case is the receiver's business.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address, such as `anna@example.com`.
    public let text: String

    /// Checks an address.
    ///
    /// - Throws: ``IdentityError/invalidEmail`` if it breaks the rule above.
    public init(_ text: String) throws(IdentityError) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard bytes.count <= 254, parts.count == 2, parts[0].count <= 64,
            Self.labels(parts[0]).allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isAtom) }),
            Self.labels(parts[1]).allSatisfy(Self.isHostLabel)
        else { throw .invalidEmail }
        let local = String(decoding: parts[0], as: UTF8.self)
        self.text = "\(local)@\(String(decoding: parts[1], as: UTF8.self).lowercased())"
    }

    /// The address.
    public var description: String { text }

    /// The host behind the `@`.
    public var host: Substring { text[(text.firstIndex(of: "@").map(text.index(after:)) ?? text.endIndex)...] }

    private static func labels(_ part: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }

    private static func isAtom(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isHostLabel(_ label: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

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
