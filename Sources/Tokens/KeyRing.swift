/// The keys of the cluster: the first one signs, every one verifies (so that keys can change while tokens live).
public struct KeyRing: Sendable {
    /// The keys, at least one, no two with the same id.
    public let keys: [Key]

    /// A ring of `keys`, the signing one first.
    ///
    /// - Throws: ``KeyRingError`` if there is no key, or two have the same id.
    public init(_ keys: [Key]) throws(KeyRingError) {
        guard !keys.isEmpty else { throw .noKeys }
        for (index, key) in keys.enumerated() {
            guard !keys[..<index].contains(where: { $0.id.hasSameBytes(as: key.id) }) else {
                throw .duplicateKeyID(key.id)
            }
        }
        self.keys = keys
    }

    /// The key that signs.
    public var signingKey: Key { keys[0] }

    /// The key called `id`, or nil. There is no default key: a token with an unknown `kid` is refused.
    public func key(id: String) -> Key? {
        keys.first { $0.id.hasSameBytes(as: id) }
    }
}

/// Why keys cannot be used. Each has a lower-case description of the cause, and a hint at what to do.
public enum KeyRingError: Error, Equatable, CustomStringConvertible {
    /// The text is no JSON, or JSON that readers disagree about.
    case notJSON(String)
    /// The text is JSON, but not an object with an array `keys` (RFC 7517 section 5).
    case notAKeySet
    /// The set has no key.
    case noKeys
    /// The key at this place, counted from 1, has no `kid`.
    case missingKeyID(position: Int)
    /// A `kid` that is empty, over 64 characters, or not printable ASCII.
    case unusableKeyID
    /// Two keys have this `kid`.
    case duplicateKeyID(String)
    /// The key's `kty` is not `oct`.
    case notSymmetric(id: String)
    /// The key's `alg` is missing, or another than `HS256`.
    case wrongAlgorithm(id: String)
    /// The key's `k` is missing or no base64url.
    case malformedSecret(id: String)
    /// The secret has this many bytes, fewer than ``Key/minimumLength``.
    case shortKey(id: String, length: Int)

    /// The cause, as a lower-case sentence part.
    public var description: String {
        switch self {
        case .notJSON(let reason): "the key file is not JSON: \(reason)"
        case .notAKeySet: "the key file is not a JWK Set: it needs an object with an array 'keys'"
        case .noKeys: "the key file has no key"
        case .missingKeyID(let position): "key \(position) in the key file has no 'kid'"
        case .unusableKeyID: "a 'kid' is not 1 to 64 printable ASCII characters"
        case .duplicateKeyID(let id): "two keys in the key file have the kid '\(id)'"
        case .notSymmetric(let id): "the key '\(id)' is not of kty 'oct'"
        case .wrongAlgorithm(let id): "the key '\(id)' is not of alg 'HS256'"
        case .malformedSecret(let id): "the key '\(id)' has no 'k' in base64url"
        case .shortKey(let id, let length):
            "the key '\(id)' has \(length) bytes, fewer than the \(Key.minimumLength) that HS256 needs"
        }
    }
}
