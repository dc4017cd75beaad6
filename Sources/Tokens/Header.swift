/// The protected header of a token (RFC 7515 section 4): `alg`, `kid` and `typ`, and nothing else.
struct Header {
    let algorithm: String
    let keyID: String?
    let type: String?

    /// The first part of every token of this type that `key` signs, with its dot.
    static func encoded(key: Key, type: String) -> [UInt8] {
        var json = JSONWriter()
        json.add("alg", HS256.name)
        json.add("kid", key.id)
        json.add("typ", type)
        return Array("\(Base64URL.encode(json.bytes)).".utf8)
    }

    /// Reads a header.
    ///
    /// No other member is let through. RFC 7515 would have unknown ones ignored, but only this cluster's own servers
    /// issue its tokens, and what else could stand here (`crit`, `b64`, `jwk`, `jku`, `x5c`) has no use but an attack.
    ///
    /// - Throws: ``TokenError/malformed`` if it is not one JSON object of that shape.
    init(_ bytes: [UInt8]) throws(TokenError) {
        guard case .object(let members)? = try? JSONValue(bytes) else { throw .malformed }
        var algorithm: String?
        var keyID: String?
        var type: String?
        for member in members.members {
            guard case .string(let value) = member.value else { throw .malformed }
            switch member.name {
            case "alg": algorithm = value
            case "kid": keyID = value
            case "typ": type = value
            default: throw .malformed
            }
        }
        guard let algorithm else { throw .malformed }
        self.algorithm = algorithm
        self.keyID = keyID
        self.type = type
    }
}
