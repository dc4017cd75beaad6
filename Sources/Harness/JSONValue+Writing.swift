import Foundation

/// Values as they are written down in code: `["using": "css selector", "value": .string(selector)]`.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// A number without a fraction.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object; of members with one name, the last counts.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(members) { $1 })
    }
}

extension JSONValue: Encodable {
    /// Writes the value as what it is.
    ///
    /// - Throws: `EncodingError` for a number that JSON does not have, such as infinity.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }

    /// The value as JSON text.
    ///
    /// - Throws: `EncodingError` for a number that JSON does not have, such as infinity.
    public func text() throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(self))
    }

    /// The truth, if this is `true` or `false`.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}
