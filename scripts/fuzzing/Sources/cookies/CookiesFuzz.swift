import HTTPTypes
import Oracle

@testable import Doors

private let names = ["sso_access", "sso_refresh"]

/// Cookies are found as RFC 6265 has servers split them: at each `;`, then at the first `=`. Each line of the text is one
/// header field.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var headers = HTTPFields()
    for line in bytes(start, count).split(separator: UInt8(ascii: "\n")) {
        headers.append(HTTPField(name: .cookie, value: String(decoding: line, as: UTF8.self)))
    }
    let values = names.map { name in found(headers.map { Array($0.value.utf8) }, Array(name.utf8)) }
    do throws(Problem) {
        let (access, refresh) = try headers.cookies(names[0], names[1])
        expect(values.allSatisfy { $0.count < 2 }, "one of several values was taken")
        for (value, expected) in zip([access, refresh], values) {
            expect(value.map { Array($0.utf8) } == expected.first, "the value is \(value ?? "missing")")
        }
    } catch {
        expect(values.contains { $0.count > 1 }, "refused, though each has one value")
    }
    return 0
}

/// The different values of a cookie, read one byte after the other.
private func found(_ lines: [[UInt8]], _ name: [UInt8]) -> Set<[UInt8]> {
    var values: Set<[UInt8]> = []
    for line in lines {
        var key: [UInt8]? = nil
        var word: [UInt8] = []
        for byte in line + [0x3B] {
            if byte == 0x3B {
                if key == name { values.insert(trimmed(word)) }
                key = nil
                word = []
            } else if byte == 0x3D, key == nil {
                key = trimmed(word)
                word = []
            } else {
                word.append(byte)
            }
        }
    }
    return values
}

private func trimmed(_ word: [UInt8]) -> [UInt8] {
    var word = word
    while let last = word.last, last == 0x20 || last == 0x09 { word.removeLast() }
    while let first = word.first, first == 0x20 || first == 0x09 { word.removeFirst() }
    return word
}
