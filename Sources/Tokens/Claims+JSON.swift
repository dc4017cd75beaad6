/// Payloads (RFC 7519 section 4) as JSON.
extension TokenClaims {
    /// Reads a payload. Claims that are not known here are ignored (RFC 7519 section 4).
    ///
    /// - Throws: ``TokenError/malformed`` if it is not one JSON object with every claim of this kind, each of its type
    ///   and in its range.
    init(payload: [UInt8]) throws(TokenError) {
        guard case .object(let members)? = try? JSONValue(payload) else { throw .malformed }
        let session = SessionClaims(
            issuer: try members.text("iss"),
            audience: try members.text("aud"),
            subject: try members.text("sub"),
            sessionID: try members.text("sid"),
            count: try members.natural("count"),
            issuedAt: try members.natural("iat"),
            expiresAt: try members.natural("exp"),
            tokenID: try members.text("jti"))
        let name: String? = members["name"] == nil ? nil : try members.text("name")
        guard let claims = Self(session: session, name: name) else { throw .malformed }
        self = claims
    }

    /// The payload, its members in a fixed order.
    var payload: [UInt8] {
        var json = JSONWriter()
        json.add("iss", session.issuer)
        json.add("aud", session.audience)
        json.add("sub", session.subject)
        if let name { json.add("name", name) }
        json.add("sid", session.sessionID)
        json.add("count", session.count)
        json.add("iat", session.issuedAt)
        json.add("exp", session.expiresAt)
        json.add("jti", session.tokenID)
        return json.bytes
    }
}

extension JSONObject {
    fileprivate func text(_ name: String) throws(TokenError) -> String {
        guard case .string(let value)? = self[name], !value.isEmpty else { throw .malformed }
        return value
    }

    fileprivate func natural(_ name: String) throws(TokenError) -> Int {
        guard case .integer(let value)? = self[name], value >= 0 else { throw .malformed }
        return value
    }
}
