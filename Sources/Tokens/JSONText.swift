/// JSON text as it is written, piece by piece.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: how long it will be, about; more is possible.
    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Adds what is JSON already.
    mutating func add(raw text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Adds what is JSON already.
    mutating func add(raw text: [UInt8]) {
        bytes.append(contentsOf: text)
    }

    /// Adds what stands between the quotes of a string, escaped where it has to be (RFC 8259 section 7).
    mutating func add(contentOf string: String) {
        let isPlain = string.utf8.withContiguousStorageIfAvailable { content in
            guard content.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            bytes.append(contentsOf: content)
            return true
        }
        if isPlain != true {
            for byte in string.utf8 { add(escaping: byte) }
        }
    }

    /// Adds an integer.
    mutating func add(_ number: Int) {
        guard number >= 0 else {
            bytes.append(contentsOf: String(number).utf8)
            return
        }
        // The digits from the last to the first; 2^63 has 19.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            var rest = number
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    private mutating func add(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(Self.hexadecimal[Int(byte >> 4)])
            bytes.append(Self.hexadecimal[Int(byte & 15)])
        default:
            bytes.append(byte)
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
