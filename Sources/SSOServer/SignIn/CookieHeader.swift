import Foundation
import HTTPTypes

extension HTTPFields {
    /// The value of a request's cookie. See ``cookies(_:_:)``.
    func cookie(_ name: String) throws(Problem) -> String? { try cookies(name, name).0 }

    /// The values of two of a request's cookies, in one pass over the header.
    ///
    /// It is read byte by byte, as browsers write it. To Swift, the Greek question mark is a `;`, and a cookie could be
    /// smuggled in the value of another.
    ///
    /// - Throws: ``Problem/ambiguousCredentials`` if one came with two different values: one may be an attacker's, set
    ///   from a sibling domain, and nobody can tell which.
    func cookies(_ first: String, _ second: String) throws(Problem) -> (String?, String?) {
        var found: (ArraySlice<UInt8>?, ArraySlice<UInt8>?)
        func look(_ pair: ArraySlice<UInt8>) throws(Problem) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return }
            let name = pair[..<equals].trimmingSpaces
            if name.elementsEqual(first.utf8) {
                try keep(pair[(equals + 1)...], &found.0)
            } else if name.elementsEqual(second.utf8) {
                try keep(pair[(equals + 1)...], &found.1)
            }
        }
        func keep(_ value: ArraySlice<UInt8>, _ kept: inout ArraySlice<UInt8>?) throws(Problem) {
            let value = value.trimmingSpaces
            guard kept == nil || kept == value else { throw .ambiguousCredentials }
            kept = value
        }
        for field in self where field.name == .cookie {
            let line = Array(field.value.utf8)
            // HTTPTypes has split most lines already, and a token is long: memchr sees many bytes at a time.
            if memchr(line, Int32(UInt8(ascii: ";")), line.count) == nil {
                try look(line[...])
            } else {
                for pair in line.split(separator: UInt8(ascii: ";")) { try look(pair) }
            }
        }
        return (
            found.0.map { String(decoding: $0, as: UTF8.self) }, found.1.map { String(decoding: $0, as: UTF8.self) }
        )
    }
}

extension BidirectionalCollection<UInt8> where SubSequence == Self {
    /// Without the spaces and tabs at both ends.
    var trimmingSpaces: Self {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}
