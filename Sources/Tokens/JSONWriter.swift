/// Writes a flat JSON object, its members in the order in which they are added.
package struct JSONWriter {
    private var text: [UInt8] = [UInt8(ascii: "{")]

    package init() {}

    /// The finished object in UTF-8.
    package var bytes: [UInt8] { text + [UInt8(ascii: "}")] }

    /// Adds a string member.
    package mutating func add(_ name: StaticString, _ value: String) {
        addName(name)
        append(quoted: value)
    }

    /// Adds an integer member.
    package mutating func add(_ name: StaticString, _ value: Int) {
        addName(name)
        text.append(contentsOf: String(value).utf8)
    }

    /// Adds a member whose value is JSON already.
    package mutating func add(_ name: StaticString, json: [UInt8]) {
        addName(name)
        text.append(contentsOf: json)
    }

    /// `objects`, which are JSON already, as a JSON array.
    package static func array(_ objects: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + objects.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    private mutating func addName(_ name: StaticString) {
        if text.count > 1 { text.append(UInt8(ascii: ",")) }
        append(quoted: "\(name)")
        text.append(UInt8(ascii: ":"))
    }

    private mutating func append(quoted string: String) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0..<0x20:
                text.append(contentsOf: "\\u00".utf8)
                text.append(Self.hexadecimal[Int(byte >> 4)])
                text.append(Self.hexadecimal[Int(byte & 15)])
            default:
                text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
