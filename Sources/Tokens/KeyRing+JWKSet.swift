/// The key file: a JWK Set (RFC 7517 section 5) of `oct` keys (RFC 7518 section 6.4).
extension KeyRing {
    /// Reads a JWK Set, strictly. Members that are not known here are ignored (RFC 7517 section 4).
    ///
    /// - Parameter jwkSet: the text of the set, in UTF-8.
    /// - Throws: ``KeyRingError`` with the first thing that is wrong.
    public init(jwkSet: some Sequence<UInt8>) throws(KeyRingError) {
        let value: JSONValue
        do {
            value = try JSONValue(jwkSet)
        } catch {
            throw .notJSON(error.description)
        }
        guard case .object(let set) = value, case .array(let entries)? = set["keys"] else { throw .notAKeySet }
        var keys: [Key] = []
        for (index, entry) in entries.enumerated() {
            guard case .object(let jwk) = entry else { throw .notAKeySet }
            keys.append(try Self.key(jwk, position: index + 1))
        }
        try self.init(keys)
    }

    /// The ring as a JWK Set, one key a line. It holds the secrets.
    public var jwkSet: [UInt8] {
        let lines = keys.map { key in
            var jwk = JSONWriter()
            jwk.add("kty", "oct")
            jwk.add("kid", key.id)
            jwk.add("alg", HS256.name)
            jwk.add("k", Base64URL.encode(key.secret))
            return "  " + String(decoding: jwk.bytes, as: UTF8.self)
        }
        return Array("{\"keys\": [\n\(lines.joined(separator: ",\n"))\n]}\n".utf8)
    }

    private static func key(_ jwk: JSONObject, position: Int) throws(KeyRingError) -> Key {
        guard case .string(let id)? = jwk["kid"] else { throw .missingKeyID(position: position) }
        guard case .string(let type)? = jwk["kty"], type.hasSameBytes(as: "oct") else { throw .notSymmetric(id: id) }
        guard case .string(let algorithm)? = jwk["alg"], algorithm.hasSameBytes(as: HS256.name) else {
            throw .wrongAlgorithm(id: id)
        }
        guard case .string(let k)? = jwk["k"], let secret = Base64URL.decode(k.utf8) else {
            throw .malformedSecret(id: id)
        }
        return try Key(id: id, secret: secret)
    }
}
