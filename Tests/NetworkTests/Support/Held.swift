import Curl
import Harness
import History
import Tokens

/// A token and what it says.
struct Token: Sendable {
    let text: String
    let facts: TokenFacts

    /// Nil if it is none.
    init?(_ text: String?) {
        guard let text, let parts = try? UnverifiedToken(text.utf8),
            let claims = Harness.JSONValue(parts.unverifiedPayload),
            let session = claims["sid"]?.string, let count = claims["count"]?.integer, let id = claims["jti"]?.string,
            let issuer = claims["iss"]?.string, let time = claims["iat"]?.integer
        else { return nil }
        self.text = text
        // By its id alone, a second successor that only differs otherwise would pass for the first.
        facts = TokenFacts(session: session, count: count, id: "\(id) \(issuer) \(time)")
    }
}

/// What a device has.
struct Held: Sendable {
    let access: Token
    let refresh: Token

    init?(_ exchange: Exchange) {
        guard exchange.status == 200, let access = Token(exchange.json("access_token")),
            let refresh = Token(exchange.json("refresh_token"))
        else { return nil }
        (self.access, self.refresh) = (access, refresh)
    }
}

extension Answer {
    /// What an answer means to the checker.
    init(_ exchange: Exchange, _ held: Held?) {
        switch exchange.status {
        case 200:
            guard let held else {
                self = .unexpected("200 without tokens")
                return
            }
            self = .tokens(access: held.access.facts, refresh: held.refresh.facts)
        case 204: self = .done
        case 429, 503: self = .lost
        case 401: self = .refused(exchange.json("code") ?? "401")
        default: self = .unexpected("\(exchange.status)")
        }
    }
}
