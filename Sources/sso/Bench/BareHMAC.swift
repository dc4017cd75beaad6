import COpenSSL

/// HMAC with SHA-256 as cheap as it can be had: two hashes that go on from after the key's blocks. What no verification
/// can do without.
struct BareHMAC {
    private let inner: SHA256_CTX
    private let outer: SHA256_CTX

    /// - Parameter secret: at most 64 bytes, a block.
    init(secret: [UInt8]) {
        inner = Self.state(after: secret, xor: 0x36)
        outer = Self.state(after: secret, xor: 0x5C)
    }

    func sign(_ message: [UInt8], into digest: inout [UInt8]) {
        var state = inner
        SHA256_Update(&state, message, message.count)
        SHA256_Final(&digest, &state)
        state = outer
        SHA256_Update(&state, digest, digest.count)
        SHA256_Final(&digest, &state)
    }

    private static func state(after secret: [UInt8], xor: UInt8) -> SHA256_CTX {
        let block = (secret + [UInt8](repeating: 0, count: max(0, 64 - secret.count))).map { $0 ^ xor }
        var state = SHA256_CTX()
        SHA256_Init(&state)
        SHA256_Update(&state, block, block.count)
        return state
    }
}
