/// Writes a flat JSON object, its members in the order in which they are added.
package struct JSONWriter {
    private var text = JSONText(capacity: 256)
    private var isEmpty = true

    /// An object without members.
    package init() {
        text.add(raw: "{")
    }

    /// The finished object in UTF-8.
    package var bytes: [UInt8] {
        var text = text
        text.add(raw: "}")
        return text.bytes
    }

    /// Adds a string member. Names are written as they are, so they need no escapes.
    package mutating func add(_ name: StaticString, _ value: String) {
        add(name)
        text.add(raw: "\"")
        text.add(contentOf: value)
        text.add(raw: "\"")
    }

    /// Adds an integer member.
    package mutating func add(_ name: StaticString, _ value: Int) {
        add(name)
        text.add(value)
    }

    /// Adds a member whose value is JSON already.
    package mutating func add(_ name: StaticString, json: [UInt8]) {
        add(name)
        text.add(raw: json)
    }

    /// `objects`, which are JSON already, as a JSON array.
    package static func array(_ objects: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + objects.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    private mutating func add(_ name: StaticString) {
        text.add(raw: isEmpty ? "\"" : ",\"")
        text.add(raw: name)
        text.add(raw: "\":")
        isEmpty = false
    }
}
