import Foundation

/// An IP address: 4 bytes, or 16.
struct Address: Sendable, Hashable {
    /// In network order. An IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2) is itself.
    let bytes: [UInt8]

    /// Reads an address as people write it, such as `192.0.2.1` or `2001:db8::1`; nil if it is none. No zone, no brackets.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        // To C, a text ends at the first NUL.
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            self.bytes = bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
        } else {
            return nil
        }
    }

    /// The one way in which it is written, whoever wrote it.
    var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Addresses that have their first bits in common (CIDR, RFC 4632), such as `10.0.0.0/8`.
struct AddressRange: Sendable, Equatable {
    private let first: Address
    private let bits: Int

    /// Reads a range, or an address, which is a range of one. Nil if it is none: also if the address has bits after those
    /// in common, which would be a slip, and if there are none in common, as that would be everybody.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let part = parts.first, parts.count <= 2, let address = Address(part) else { return nil }
        let length = address.bytes.count * 8
        guard let bits = parts.count == 1 ? length : decimal(String(parts[1])), (1...length).contains(bits) else {
            return nil
        }
        self.bits = bits
        first = address
        guard (bits..<length).allSatisfy({ address.bytes[$0 / 8] & 0x80 >> ($0 % 8) == 0 }) else { return nil }
    }

    /// Whether that address is one of them.
    func contains(_ address: Address) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in
            (address.bytes[bit / 8] ^ first.bytes[bit / 8]) & 0x80 >> (bit % 8) == 0
        }
    }
}
