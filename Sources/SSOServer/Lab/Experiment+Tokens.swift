import Identity
import Tokens

/// The two tokens of a browser's cookies.
struct CookieTokens: Sendable {
    var access: String?
    var refresh: String?
}

extension Experiment {
    /// The cookies as this experiment leaves them.
    ///
    /// - Throws: `TokenError` if the access token is none that could be changed so.
    func changed(_ tokens: CookieTokens, _ authority: TokenAuthority) throws(TokenError) -> CookieTokens {
        var changed = tokens
        let text = tokens.access ?? ""
        switch self {
        case .hacked: break
        case .dropAccess: changed.access = nil
        case .refreshAsAccess: changed.access = tokens.refresh
        case .expireAccess:
            var claims = try authority.verify(text, as: AccessClaims.self).claims
            claims.session.expiresAt = authority.now - 1
            claims.session.issuedAt = min(claims.session.issuedAt, authority.now - 2)
            changed.access = try authority.sign(claims)
        case .changeCharacter:
            var parts = text.split(separator: ".").map { Array($0.utf8) }
            guard parts.count == 3, parts[1].count > 24 else { throw .malformed }
            // Somewhere in the claims: another letter of the alphabet, so that it is still base64url.
            parts[1][20] = parts[1][20] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            changed.access = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
        case .otherSecret:
            let token = try authority.verify(text, as: AccessClaims.self)
            guard let key = try? Key(id: token.keyID, secret: Array("a secret that somebody made up, 32 bytes".utf8)),
                let keys = try? KeyRing([key])
            else { throw .unknownKey }
            changed.access = try TokenSigner(keys: keys).sign(token.claims)
        case .algNone:
            let token = try authority.verify(text, as: AccessClaims.self)
            var header = JSONWriter()
            header.add("alg", "none")
            header.add("kid", token.keyID)
            header.add("typ", AccessClaims.type)
            changed.access = "\(Base64URL.encode(header.bytes)).\(Base64URL.encode(token.json))."
        }
        return changed
    }
}
