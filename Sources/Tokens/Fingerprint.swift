/// 64 bits that stand for an id, by a secret that each process draws for itself: for lists of many ids that are looked up
/// often.
///
/// Ids are random, so two of them meet in one fingerprint once in 18 million million million pairs. Nobody can choose ids
/// for that, as nobody knows the secret.
public struct Fingerprint: Sendable {
    private let secret: UInt64

    /// Draws a secret.
    public init() {
        secret = .random(in: .min ... .max)
    }

    /// What an id is of, so that a user and a session of the same text are two.
    public enum Kind: UInt64, Sendable {
        /// `sub`.
        case user = 0x9E37_79B9_7F4A_7C15
        /// `sid`.
        case session = 0xD1B5_4A32_D192_ED03
    }

    /// The fingerprint of an id; never 0.
    public func of(_ kind: Kind, _ id: String) -> UInt64 {
        Array(id.utf8).withUnsafeBytes { of(kind, $0) }
    }

    /// The fingerprint of an id in UTF-8; never 0.
    @inline(__always)
    func of(_ kind: Kind, _ id: UnsafeRawBufferPointer) -> UInt64 {
        var hash = secret ^ kind.rawValue &+ UInt64(truncatingIfNeeded: id.count)
        var position = 0
        while position + 8 <= id.count {
            hash = Self.mix(hash ^ id.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        if position < id.count {
            var rest: UInt64 = 0
            if id.count >= 8 {
                rest = id.loadUnaligned(fromByteOffset: id.count - 8, as: UInt64.self)
            } else {
                for byte in id[position...] { rest = rest << 8 | UInt64(byte) }
            }
            hash = Self.mix(hash ^ rest)
        }
        return hash == 0 ? 1 : hash
    }

    /// Both halves of a long product: each bit of the word reaches every bit of the result.
    @inline(__always)
    private static func mix(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}
