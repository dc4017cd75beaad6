import Foundation

/// A password as a person typed it, in the one form that is hashed: normalised to NFC, in UTF-8.
///
/// What is followed of NIST SP 800-63B (section 5.1.1.2): at least 8 characters and at most 256, each Unicode code
/// point counted as one; every character allowed, spaces too; normalised before hashing; never cut short; no rules of
/// composition and no expiry. Not followed: new passwords are not compared with a list of leaked ones, which an
/// operator would have to supply; they may not be the user name, though.
public struct Password: Sendable {
    /// How many code points a password may have.
    public static let length = 8...256

    let bytes: [UInt8]

    /// A password that somebody claims to have. Anything can be typed; what could never be a password is kept as
    /// one that matches nothing, so that it costs the same as any other wrong one.
    public init(presented text: String) {
        let normalised = text.precomposedStringWithCanonicalMapping
        bytes = normalised.unicodeScalars.count <= Self.length.upperBound ? Array(normalised.utf8) : []
    }

    /// A password that a user wants to have.
    ///
    /// - Throws: ``IdentityError/invalidPassword`` if it is too short, too long, or the user name.
    public init(new text: String, for user: UserName) throws(IdentityError) {
        let normalised = text.precomposedStringWithCanonicalMapping
        guard Self.length.contains(normalised.unicodeScalars.count), normalised.lowercased() != user.key else {
            throw .invalidPassword
        }
        bytes = Array(normalised.utf8)
    }
}
