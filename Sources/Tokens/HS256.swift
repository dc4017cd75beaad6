import COpenSSL

/// HMAC with SHA-256 (RFC 2104; `HS256` in RFC 7518 section 3.2): the only algorithm there is here, so that no token
/// can choose another.
///
/// The hash is libcrypto's, through its low-level calls: their state is a plain value, computed once for a key and
/// copied for each token, as RFC 2104 section 4 proposes. `HMAC()` looks the algorithm up and hashes the key's blocks
/// anew for each token, at about eight times the cost; an `HMAC_CTX` that is kept needs a lock, or a copy on the heap.
/// OpenSSL 3.0 has deprecated these calls to lead new programs to its providers, and runs the same code in both. Should
/// they go one day, this file is all that changes.
enum HS256 {
    /// Its name in `alg`.
    static let name = "HS256"

    /// The length of a signature, in bytes.
    static let length = 32

    /// The 32 bytes that authenticate a message.
    typealias Signature = SIMD32<UInt8>

    /// Both hashes of a key as they stand after its block and, perhaps, after what many messages begin with.
    struct State: Sendable {
        private var inner: SHA256_CTX
        private let outer: SHA256_CTX

        /// A key's state before any message.
        init(secret: [UInt8]) {
            let blockLength = Int(SHA256_CBLOCK)
            // A key that is longer than a block is hashed first (RFC 2104 section 2).
            let key = secret.count <= blockLength ? secret : Self.hash(secret)
            let block = key + [UInt8](repeating: 0, count: blockLength - key.count)
            inner = Self.state(after: block.map { $0 ^ 0x36 })
            outer = Self.state(after: block.map { $0 ^ 0x5C })
        }

        /// The state of messages that begin with `prefix`.
        func absorbing(_ prefix: [UInt8]) -> State {
            var state = self
            SHA256_Update(&state.inner, prefix, prefix.count)
            return state
        }

        /// The signature of the message that goes on with `rest` and ends there.
        func signature(of rest: UnsafeRawBufferPointer) -> Signature {
            var signature = Signature()
            withUnsafeMutableBytes(of: &signature) { bytes in
                let digest = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
                var hash = inner
                SHA256_Update(&hash, rest.baseAddress, rest.count)
                SHA256_Final(digest, &hash)
                hash = outer
                SHA256_Update(&hash, digest, HS256.length)
                SHA256_Final(digest, &hash)
            }
            return signature
        }

        private static func state(after block: [UInt8]) -> SHA256_CTX {
            var state = SHA256_CTX()
            SHA256_Init(&state)
            SHA256_Update(&state, block, block.count)
            return state
        }

        private static func hash(_ bytes: [UInt8]) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: HS256.length) { output, count in
                SHA256(bytes, bytes.count, output.baseAddress)
                count = HS256.length
            }
        }
    }

    /// Whether two signatures are the same, in a time that does not depend on where they differ.
    static func areEqual(_ a: Signature, _ b: Signature) -> Bool {
        withUnsafeBytes(of: a) { a in
            withUnsafeBytes(of: b) { b in CRYPTO_memcmp(a.baseAddress, b.baseAddress, length) == 0 }
        }
    }

    /// The 32 bytes that authenticate `message`.
    static func signature(of message: some Collection<UInt8>, key: Key) -> [UInt8] {
        let signature = Array(message).withUnsafeBytes { key.state.signature(of: $0) }
        return (0..<length).map { signature[$0] }
    }

    /// Whether `signature` authenticates `message`.
    static func isValid(_ signature: [UInt8], of message: some Collection<UInt8>, key: Key) -> Bool {
        let expected = Self.signature(of: message, key: key)
        return signature.count == length && CRYPTO_memcmp(signature, expected, length) == 0
    }
}
