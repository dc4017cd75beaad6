import COpenSSL

/// Whether the last part of a token is OpenSSL's own HMAC of the others under one of the keys, in the one encoding that
/// it has. It shares nothing with the library but OpenSSL.
func isSigned(_ token: [UInt8]) -> Bool {
    guard let dot = token.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let message = Array(token[..<dot])
    return [UInt8(1), 2].contains { byte in
        let secret = [UInt8](repeating: byte, count: 32)
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_Q_mac(nil, "HMAC", nil, "SHA256", nil, secret, 32, message, message.count, &digest, 32, nil)
        return base64url(digest) == Array(token[(dot + 1)...])
    }
}

private func base64url(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    while bits.count % 6 != 0 { bits.append(0) }
    return stride(from: 0, to: bits.count, by: 6).map { first in
        alphabet[bits[first..<first + 6].reduce(0) { $0 << 1 | Int($1) }]
    }
}
