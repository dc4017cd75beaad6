import COpenSSL

/// What keeps count of attempts, for all servers of the cluster together.
public protocol AttemptStore: Sendable {
    /// Reads the times that are kept under some keys, lets `change` change them, and keeps what came of it, all in one
    /// step: of two calls at once, on whichever servers, one sees what the other left.
    ///
    /// A time says something until it has come; after that it may be forgotten at any moment. What is kept survives a
    /// crash of the program, and need not survive a power cut.
    ///
    /// - Parameters:
    ///   - now: the time in milliseconds since 1970.
    ///   - change: is pure, and may set times for the keys that were named only.
    /// - Throws: ``StoreError/unavailable(_:)`` when the database cannot be reached in a bounded time.
    func changeTimes<Result: Sendable>(
        under keys: [AttemptKey], at now: Int, _ change: @escaping @Sendable (inout [AttemptKey: Int]) -> Result
    ) async throws(StoreError) -> Result
}

/// What attempts are counted under: a hash, because what people type as their name may be their password.
///
/// It is the first half of a SHA-256 over what it is about. Who steals the database may try words against it, as against
/// any hash without salt; but a row says something for some minutes only, and is removed then.
public struct AttemptKey: Sendable, Hashable {
    /// 16 bytes.
    public let bytes: [UInt8]

    /// A key that the store has kept.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The key of what these parts say together.
    init(_ kind: StaticString, _ parts: [UInt8]...) {
        var text = Array("\(kind)".utf8)
        for part in parts {
            // With their lengths, so that no two lists of parts read alike.
            text += withUnsafeBytes(of: UInt64(part.count).bigEndian) { Array($0) } + part
        }
        let digest = [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
            SHA256(text, text.count, output.baseAddress)
            count = Int(SHA256_DIGEST_LENGTH)
        }
        bytes = Array(digest.prefix(16))
    }
}
