/// A JSON text read strictly (RFC 8259, and RFC 7493 where that is narrower).
///
/// Foundation has two readers, and they disagree on duplicate members, byte-order marks and trailing commas; whoever
/// reads one token with both sees two tokens. This one refuses all of that, so a text has one meaning or none.
package enum JSONValue: Equatable, Sendable {
    /// The literal `null`.
    case null
    /// The literal `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent, in -(2^53-1)...2^53-1 (RFC 7493 section 2.2).
    case integer(Int)
    /// Any other number. Nothing here has a use for its value.
    case otherNumber
    /// A string, decoded.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its members in the order of the text. No two have the same name.
    case object(JSONObject)

    /// The largest integer that every JSON reader has in common, 2^53-1.
    package static let largestInteger = 9_007_199_254_740_991

    /// Reads one JSON text.
    ///
    /// - Throws: ``JSONError`` with the place where the text stops being strict JSON.
    package init(_ text: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(text: Array(text))
        self = try parser.parseText()
    }
}

/// The members of a JSON object, each name once, in the order of the text.
package struct JSONObject: Equatable, Sendable {
    /// One name and its value.
    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSONValue
    }

    package private(set) var members: [Member] = []
    /// The names in bytes. Whoever sends thousands of members should not make us compare each with all before it.
    private var names: Set<[UInt8]> = []

    /// The value of the member called `name`, or nil. Names are compared byte by byte: `==` on strings takes
    /// the Kelvin sign for a K.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name.hasSameBytes(as: name) }?.value
    }

    /// Adds a member; false, and nothing is changed, if there is one of that name.
    mutating func append(_ name: String, _ value: JSONValue) -> Bool {
        guard names.insert(Array(name.utf8)).inserted else { return false }
        members.append(Member(name: name, value: value))
        return true
    }
}

/// Why a text is not strict JSON.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Where reading stopped: the offset in bytes from the start of the text.
    package let offset: Int
    /// What was wrong there, in lower case.
    package let reason: String

    package var description: String { "\(reason) at byte \(offset)" }
}

extension String {
    /// Whether both strings are the same bytes in UTF-8. `==` also takes canonically equivalent strings for equal,
    /// which no other reader of a token or of the database does.
    package func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
