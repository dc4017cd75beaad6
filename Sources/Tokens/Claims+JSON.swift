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
            sessionID: Self.isOfSession ? try members.text("sid") : "",
            count: try members.natural("count"),
            issuedAt: try members.natural("iat"),
            expiresAt: try members.natural("exp"),
            authenticatedAt: members["auth_time"] == nil ? nil : try members.natural("auth_time"),
            tokenID: try members.text("jti"))
        let name: String? = members["name"] == nil ? nil : try members.text("name")
        guard let claims = Self(session: session, name: name) else { throw .malformed }
        self = claims
    }

    /// The payload, its members in a fixed order: the one that ``KnownShape`` reads.
    var payload: [UInt8] {
        // Asked for once: it is a value of many strings.
        let session = session
        var json = JSONText(capacity: 320)
        json.add(raw: "{\"iss\":\"")
        json.add(contentOf: session.issuer)
        json.add(raw: "\",\"aud\":\"")
        json.add(contentOf: session.audience)
        json.add(raw: "\",\"sub\":\"")
        json.add(contentOf: session.subject)
        if let name {
            json.add(raw: "\",\"name\":\"")
            json.add(contentOf: name)
        }
        if Self.isOfSession {
            json.add(raw: "\",\"sid\":\"")
            json.add(contentOf: session.sessionID)
        }
        json.add(raw: "\",\"count\":")
        json.add(session.count)
        json.add(raw: ",\"iat\":")
        json.add(session.issuedAt)
        json.add(raw: ",\"exp\":")
        json.add(session.expiresAt)
        if let time = session.authenticatedAt {
            json.add(raw: ",\"auth_time\":")
            json.add(time)
        }
        json.add(raw: ",\"jti\":\"")
        json.add(contentOf: session.tokenID)
        json.add(raw: "\"}")
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
