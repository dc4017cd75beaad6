import Harness
import History
import Tokens

/// A token with what it says.
struct HeldToken: Sendable {
    let text: String
    let facts: TokenFacts

    /// Nil if it is no token.
    init?(_ text: String?) {
        guard let text, let parts = try? UnverifiedToken(text.utf8),
            let facts = TokenFacts(Harness.JSONValue(parts.unverifiedPayload))
        else { return nil }
        self.text = text
        self.facts = facts
    }
}

extension TokenFacts {
    /// What claims say; nil if something is missing.
    init?(_ claims: Harness.JSONValue?) {
        guard let session = claims?["sid"]?.string, let count = claims?["count"]?.integer,
            let id = claims?["jti"]?.string, let issuer = claims?["iss"]?.string, let time = claims?["iat"]?.integer
        else { return nil }
        // By its id alone, a second successor that only differs otherwise would pass for the first.
        self.init(session: session, count: count, id: "\(id) \(issuer) \(time)")
    }
}
