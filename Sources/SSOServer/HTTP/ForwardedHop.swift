/// What one proxy says of whoever asked it.
struct ForwardedHop: Equatable {
    /// Nil if it is not said, is hidden, or cannot be read.
    let address: Address?
    /// In lower case; nil if it is not said.
    let scheme: String?

    /// Reads an address that may have a port, and has brackets if it is an IPv6 one with a port: `192.0.2.1:80`,
    /// `[2001:db8::1]:80`, `2001:db8::1`.
    static func address(_ text: some StringProtocol) -> Address? {
        let text = Substring(text)
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let inner = text[text.index(after: text.startIndex)..<end]
            guard inner.utf8.contains(UInt8(ascii: ":")), isPort(text[text.index(after: end)...]) else { return nil }
            return Address(inner)
        }
        guard let colon = text.firstIndex(of: ":"), text.utf8.filter({ $0 == UInt8(ascii: ":") }).count == 1 else {
            return Address(text)
        }
        return isPort(text[colon...]) ? Address(text[..<colon]) : nil
    }

    /// Nothing, or a colon and a port (RFC 7239 section 6, where it may be hidden as well).
    private static func isPort(_ text: Substring) -> Bool {
        guard let colon = text.utf8.first else { return true }
        let rest = text.utf8.dropFirst()
        return colon == UInt8(ascii: ":") && (1...20).contains(rest.count) && rest.allSatisfy { isToken($0) }
    }

    /// Reads one `Forwarded` line (RFC 7239 section 4), from the first proxy to the last. Nil if any of it is malformed: a
    /// client could have begun a quoted string in which what our proxy has added would disappear.
    static func list(_ line: String) -> [ForwardedHop]? {
        var reader = Reader(bytes: Array(line.utf8))
        var hops: [ForwardedHop] = []
        repeat {
            guard let pairs = reader.element() else { return nil }
            // RFC 9110 section 5.6.1: empty elements of a list count for nothing.
            guard !pairs.isEmpty else { continue }
            hops.append(
                ForwardedHop(address: pairs["for"].flatMap { address($0) }, scheme: pairs["proto"]?.lowercased()))
        } while reader.takes(UInt8(ascii: ","))
        return reader.isAtEnd ? hops : nil
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Goes through a line from left to right.
    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        var isAtEnd: Bool { index == bytes.count }

        mutating func takes(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        private mutating func skipBlanks() {
            while index < bytes.count, bytes[index] == 32 || bytes[index] == 9 { index += 1 }
        }

        /// Pairs with semicolons between them, up to a comma or the end; the names in lower case. Nil if malformed: also if
        /// a name comes twice, as nobody should guess which was meant.
        mutating func element() -> [String: String]? {
            var pairs: [String: String] = [:]
            repeat {
                skipBlanks()
                if isAtEnd || [UInt8(ascii: ","), UInt8(ascii: ";")].contains(bytes[index]) { continue }
                guard let name = token()?.lowercased(), takes(UInt8(ascii: "=")),
                    let value = takes(UInt8(ascii: "\"")) ? restOfQuoted() : token(),
                    pairs.updateValue(value, forKey: name) == nil
                else { return nil }
                skipBlanks()
            } while takes(UInt8(ascii: ";"))
            return pairs
        }

        private mutating func token() -> String? {
            let start = index
            while index < bytes.count, ForwardedHop.isToken(bytes[index]) { index += 1 }
            return index == start ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
        }

        private mutating func restOfQuoted() -> String? {
            var value: [UInt8] = []
            while index < bytes.count {
                var byte = bytes[index]
                index += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard index < bytes.count else { return nil }
                    byte = bytes[index]
                    index += 1
                }
                value.append(byte)
            }
            return nil
        }
    }
}
