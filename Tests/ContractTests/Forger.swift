import Foundation
import Harness
import Testing

/// Signs any token text with the cluster's own secret, as a careless or hostile part of the cluster could.
struct Forger: Sendable {
    let keyID: String
    let secret: [UInt8]

    /// Reads the signing key out of a cluster's key file.
    init(keyFile: String) throws {
        let file = try #require(FileManager.default.contents(atPath: keyFile))
        let key = try #require(JSONValue(Array(file))?["keys"]?[0])
        keyID = try #require(key["kid"]?.string)
        let k = try #require(key["k"]?.string)
        secret = try #require(decodedBase64URL(k))
    }

    /// The token that a draft describes.
    func token(_ draft: Draft, secret other: [UInt8]? = nil) -> String {
        signed("\(base64URL(draft.header.bytes)).\(base64URL(draft.payload.bytes))", secret: other)
    }

    /// A token of any two parts, with the signature that fits them.
    func signed(_ signingInput: String, secret other: [UInt8]? = nil) -> String {
        "\(signingInput).\(base64URL(SHA256.hmac(Array(signingInput.utf8), key: other ?? secret)))"
    }
}

/// A token before it is signed, each value as JSON text, which may be as wrong as you like.
struct Draft: Sendable {
    var header: JSONText
    var payload: JSONText

    /// What a good token says.
    init(of token: String) throws {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 3)
        header = try JSONText(parts[0])
        payload = try JSONText(parts[1])
    }

    /// The same with another value in the header; nil takes the member away.
    func header(_ name: String, _ value: String?) -> Draft {
        var draft = self
        draft.header.set(name, value)
        return draft
    }

    /// The same with another value in the payload; nil takes the member away.
    func payload(_ name: String, _ value: String?) -> Draft {
        var draft = self
        draft.payload.set(name, value)
        return draft
    }
}

/// The members of a JSON object as text, in order.
struct JSONText: Sendable {
    var members: [(name: String, value: String)]

    /// Reads one part of a token.
    init(_ part: String) throws {
        let bytes = try #require(decodedBase64URL(part))
        let value = try #require(JSONValue(bytes))
        members = try value.keys.map { name in
            switch value[name] {
            case .string(let text)?: (name, "\"\(text)\"")
            case .integer(let number)?: (name, "\(number)")
            default: throw HarnessError.misuse("a good token holds strings and whole numbers only")
            }
        }
    }

    /// The value of a member, as JSON text.
    subscript(name: String) -> String? { members.first { $0.name == name }?.value }

    mutating func set(_ name: String, _ value: String?) {
        let index = members.firstIndex { $0.name == name }
        switch (index, value) {
        case (let index?, let value?): members[index].value = value
        case (let index?, nil): members.remove(at: index)
        case (nil, let value?): members.append((name, value))
        case (nil, nil): break
        }
    }

    /// The object as text.
    var text: String { "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}" }

    var bytes: [UInt8] { Array(text.utf8) }
}

/// Base64url without padding (RFC 7515 section 2).
func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// The bytes of base64url without padding, of which only good text is asked here; nil if Foundation refuses it.
func decodedBase64URL(_ text: String) -> [UInt8]? {
    let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: padded.replacing("-", with: "+").replacing("_", with: "/")).map(Array.init)
}
