import COpenSSL

/// The SHA-256 (FIPS 180-4) of a text in UTF-8: 32 bytes.
func sha256(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
        SHA256(bytes, bytes.count, output.baseAddress)
        count = Int(SHA256_DIGEST_LENGTH)
    }
}
