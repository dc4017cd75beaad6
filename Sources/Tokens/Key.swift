/// One shared secret of the cluster: an `oct` key for HS256 (RFC 7518 section 3.2), with the name that tokens call it by.
///
/// Its description names the key and never shows the secret.
public struct Key: Sendable, CustomStringConvertible {
    /// The least length of a secret: that of the hash, 32 bytes (RFC 7518 section 3.2).
    public static let minimumLength = 32

    /// The key's name, `kid` in a token's header (RFC 7515 section 4.1.4): 1 to 64 printable ASCII characters.
    public let id: String

    let secret: [UInt8]
    /// The secret made ready for signing and verifying.
    let state: HS256.State

    /// A key.
    ///
    /// - Parameters:
    ///   - id: 1 to 64 printable ASCII characters.
    ///   - secret: at least ``minimumLength`` random bytes.
    /// - Throws: ``KeyRingError`` if either is out of its range.
    public init(id: String, secret: [UInt8]) throws(KeyRingError) {
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .unusableKeyID
        }
        guard secret.count >= Self.minimumLength else { throw .shortKey(id: id, length: secret.count) }
        self.id = id
        self.secret = secret
        state = HS256.State(secret: secret)
    }

    /// The key's name, without the secret.
    public var description: String { "key \(id)" }
}
