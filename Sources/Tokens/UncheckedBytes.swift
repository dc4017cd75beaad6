/// Bytes in memory that somebody else holds (a token, or the payload in it), read without bounds checks: all
/// arithmetic with unsafe pointers in `Tokens` is here. Elsewhere they are only handed on: to libcrypto, and between a
/// string or an array and this.
///
/// Why nothing outside is touched: `position` begins at 0, only grows, and every step from it stands behind a comparison
/// with `count`. The tables of base64url have an entry for every byte. What is written goes to a buffer whose size the
/// caller gets from ``Base64URL/capacity(forDecoding:)``, and each step of four characters writes the four bytes at an
/// offset of at most 3/4 of the characters read.
struct UncheckedBytes {
    private let start: UnsafeRawPointer
    private let count: Int
    private(set) var position = 0

    /// - Parameter bytes: must stay in their place while this is used.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return nil }
        self.start = start
        count = bytes.count
    }

    /// Whether everything was read.
    var isAtEnd: Bool { position == count }

    /// Steps over `text`; false if something else stands there.
    @inline(__always)
    mutating func skip(_ text: StaticString) -> Bool {
        skip(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Steps over `text`; false if something else stands there.
    @inline(__always)
    mutating func skip(_ text: UnsafeRawBufferPointer) -> Bool {
        let length = text.count
        guard count &- position >= length else { return false }
        var difference: UInt8 = 0
        for index in 0..<length {
            difference |= byte(position &+ index) ^ text[index]
        }
        position &+= length
        return difference == 0
    }

    /// Steps over the rest of a JSON string and its closing quote, and gives the place of its content; nil if it is
    /// empty or has an escape, a control character or anything beyond ASCII, which the general reader is for.
    @inline(__always)
    mutating func plainString() -> Range<Int>? {
        let first = position
        // Eight bytes at a time: a byte's high bit in `stop` is set if it is a quote, a backslash, below 0x20 or above
        // 0x7F. Borrows can set it wrongly only behind a byte where it is set rightly, and only the first one counts.
        let ones: UInt64 = 0x0101_0101_0101_0101
        while count &- position >= 8 {
            let word = UInt64(littleEndian: (start + position).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let found =
                (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
                | word
            let stop = found & (ones &* 0x80)
            if stop != 0 {
                position &+= stop.trailingZeroBitCount >> 3
                break
            }
            position &+= 8
        }
        while position < count {
            let byte = byte(position)
            if byte == UInt8(ascii: "\"") {
                guard position > first else { return nil }
                position &+= 1
                return first..<(position &- 1)
            }
            guard (0x20..<0x80).contains(byte), byte != UInt8(ascii: "\\") else { return nil }
            position &+= 1
        }
        return nil
    }

    /// Steps over the digits of a number of at most 15 digits, without leading zeros, and gives its value; nil if there
    /// is none. What follows it is for the caller to compare, so a fraction or an exponent does not pass.
    @inline(__always)
    mutating func natural() -> Int? {
        let first = position
        var value = 0
        while position < count, position &- first < 15 {
            let digit = byte(position) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ Int(digit)
            position &+= 1
        }
        let digits = position &- first
        guard digits == 1 || digits > 1 && byte(first) != UInt8(ascii: "0") else { return nil }
        return value
    }

    @inline(__always)
    private func byte(_ offset: Int) -> UInt8 { start.load(fromByteOffset: offset, as: UInt8.self) }
}

extension Base64URL {
    /// The length of the encoding of so many bytes, in characters.
    static func length(encoding count: Int) -> Int { (count * 4 + 2) / 3 }

    /// Encodes `bytes` in ASCII, six a step as long as eight can be loaded, then three.
    ///
    /// - Parameter output: room for at least ``length(encoding:)`` characters, which is checked.
    /// - Returns: how many characters were written.
    static func encode(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        precondition(output.count >= length(encoding: bytes.count), "no room for the encoding")
        guard let source = bytes.baseAddress, let target = output.baseAddress else { return 0 }
        return pairs.withUnsafeBufferPointer { pairs in
            var input = 0
            var written = 0
            // Twelve bits: an index below 4,096.
            func pair(_ bits: UInt32) -> UInt32 { UInt32(pairs[Int(bits & 0xFFF)]) }
            func pair(_ bits: UInt64) -> UInt64 { UInt64(pairs[Int(bits & 0xFFF)]) }
            while bytes.count &- input >= 8 {
                let bits = UInt64(bigEndian: source.loadUnaligned(fromByteOffset: input, as: UInt64.self))
                let text =
                    pair(bits &>> 52) | pair(bits &>> 40) &<< 16 | pair(bits &>> 28) &<< 32 | pair(bits &>> 16) &<< 48
                target.storeBytes(of: text.littleEndian, toByteOffset: written, as: UInt64.self)
                input &+= 6
                written &+= 8
            }
            func byte(_ offset: Int) -> UInt32 { UInt32(source.load(fromByteOffset: input &+ offset, as: UInt8.self)) }
            while bytes.count &- input >= 3 {
                let bits = byte(0) &<< 16 | byte(1) &<< 8 | byte(2)
                let text = pair(bits &>> 12) | pair(bits) &<< 16
                target.storeBytes(of: text.littleEndian, toByteOffset: written, as: UInt32.self)
                input &+= 3
                written &+= 4
            }
            let rest = bytes.count &- input
            guard rest > 0 else { return written }
            let bits = byte(0) &<< 16 | (rest == 2 ? byte(1) &<< 8 : 0)
            let text = pair(bits &>> 12)
            target.storeBytes(of: UInt16(text).littleEndian, toByteOffset: written, as: UInt16.self)
            written &+= 2
            if rest == 2 {
                target.storeBytes(of: UInt8(pair(bits) & 0xFF), toByteOffset: written, as: UInt8.self)
                written &+= 1
            }
            return written
        }
    }

    /// How many bytes of room ``decode(_:into:)`` needs for a text of this length: up to one more than it decodes to.
    static func capacity(forDecoding length: Int) -> Int { length / 4 * 3 + 4 }

    /// Decodes `text`, four characters a step.
    ///
    /// - Parameter output: room for ``capacity(forDecoding:)`` bytes.
    /// - Returns: how many bytes were decoded; nil if the text is not the one right encoding of any.
    static func decode(_ text: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer) -> Int? {
        tables.withUnsafeBufferPointer { tables -> Int? in
            let length = text.count
            var input = 0
            var written = 0
            var all: UInt32 = 0
            func value(_ place: Int) -> UInt32 { tables[place &<< 8 | Int(text[input &+ place])] }
            while length &- input >= 4 {
                let bits = value(0) | value(1) | value(2) | value(3)
                all |= bits
                output.storeBytes(of: (bits &<< 8).bigEndian, toByteOffset: written, as: UInt32.self)
                input &+= 4
                written &+= 3
            }
            switch length &- input {
            case 0: break
            case 2:
                let bits = value(0) | value(1)
                // The four bits that belong to no byte must be zero, or there were sixteen texts for one meaning.
                all |= bits & 0xFFFF == 0 ? bits : invalid
                output.storeBytes(of: UInt8(truncatingIfNeeded: bits >> 16), toByteOffset: written, as: UInt8.self)
                written &+= 1
            case 3:
                let bits = value(0) | value(1) | value(2)
                all |= bits & 0xFF == 0 ? bits : invalid
                output.storeBytes(
                    of: UInt16(truncatingIfNeeded: bits >> 8).bigEndian, toByteOffset: written, as: UInt16.self)
                written &+= 2
            default: return nil
            }
            return all & invalid == 0 ? written : nil
        }
    }
}
