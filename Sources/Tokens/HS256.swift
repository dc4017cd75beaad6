import COpenSSL

/// HMAC with SHA-256 (RFC 2104; `HS256` in RFC 7518 section 3.2): the only algorithm there is here, so that no token
/// can choose another.
enum HS256 {
    /// Its name in `alg`.
    static let name = "HS256"

    /// The length of a signature, in bytes.
    static let length = Int(SHA256_DIGEST_LENGTH)

    /// The 32 bytes that authenticate `message`.
    static func signature(of message: some Collection<UInt8>, key: Key) -> [UInt8] {
        let message = Array(message)
        return [UInt8](unsafeUninitializedCapacity: length) { output, count in
            let result = HMAC(
                EVP_sha256(), key.secret, Int32(key.secret.count), message, message.count, output.baseAddress, nil)
            // It fails only when memory is exhausted, where Swift itself stops the process.
            precondition(result != nil, "libcrypto could not compute an HMAC")
            count = length
        }
    }

    /// Whether `signature` authenticates `message`, compared in a time that does not depend on where they differ.
    static func isValid(_ signature: [UInt8], of message: some Collection<UInt8>, key: Key) -> Bool {
        let expected = Self.signature(of: message, key: key)
        return signature.count == length && CRYPTO_memcmp(signature, expected, length) == 0
    }
}
