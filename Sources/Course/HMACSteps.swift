import COpenSSL

/// HMAC with SHA-256 (RFC 2104), each step to be looked at. The servers compute the same with less copying.
struct HMACSteps {
    /// The secret, filled up with zeros to a block of 64 bytes; one that is longer is hashed first.
    let block: [UInt8]
    /// The block XORed with 36 in each byte: what stands before the message.
    let innerPad: [UInt8]
    /// The hash of the inner pad and the message.
    let innerHash: [UInt8]
    /// The block XORed with 5c in each byte: what stands before the inner hash.
    let outerPad: [UInt8]
    /// The hash of the outer pad and the inner hash: the signature.
    let outerHash: [UInt8]

    init(secret: [UInt8], message: [UInt8]) {
        let key = secret.count <= 64 ? secret : sha256(secret)
        block = key + [UInt8](repeating: 0, count: 64 - key.count)
        innerPad = block.map { $0 ^ 0x36 }
        innerHash = sha256(innerPad + message)
        outerPad = block.map { $0 ^ 0x5C }
        outerHash = sha256(outerPad + innerHash)
    }
}

private func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256(bytes, bytes.count, &digest)
    return digest
}

/// Bytes as hexadecimal digits, the first few of them if they are to be cut short.
func hex(_ bytes: [UInt8], first: Int? = nil) -> String {
    let digits = bytes.prefix(first ?? bytes.count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return digits + (bytes.count > first ?? bytes.count ? "…" : "")
}
