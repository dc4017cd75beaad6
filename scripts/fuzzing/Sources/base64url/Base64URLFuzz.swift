import Oracle
import Tokens

/// Base64url decodes what RFC 4648 says, bit by bit, and nothing that has another encoding; what is encoded comes back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = bytes(start, count)
    let decoded = Base64URL.decode(text)
    expect(decoded == decodedBitByBit(text), "decoded to \(String(describing: decoded))")
    if let decoded { expect(Array(Base64URL.encode(decoded).utf8) == text, "a second encoding") }

    let encoded = Array(Base64URL.encode(text).utf8)
    expect(encoded.count == (count * 8 + 5) / 6, "the encoding has \(encoded.count) characters")
    expect(Base64URL.decode(encoded) == text, "encoded and decoded, it is another")
    return 0
}

/// The same as a list of bits: slow, and plain to see.
private func decodedBitByBit(_ text: [UInt8]) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bits: [Bool] = []
    for character in text {
        guard let value = alphabet.firstIndex(of: character) else { return nil }
        bits += (0..<6).map { value >> (5 - $0) & 1 == 1 }
    }
    let rest = bits.count % 8
    // A whole character that says nothing, or bits that belong to no byte.
    guard rest < 6, !bits.suffix(rest).contains(true) else { return nil }
    return stride(from: 0, to: bits.count - rest, by: 8).map { first in
        bits[first..<first + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
}
