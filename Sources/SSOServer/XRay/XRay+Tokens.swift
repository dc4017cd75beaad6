import Identity
import Tokens

/// What signed tokens have to tell.
extension XRay {
    /// An access token was good.
    ///
    /// - Parameter hearsOfRevocations: whether it was held against what this server has heard of revocations.
    static func letIn(
        _ token: VerifiedToken<AccessClaims>, _ claims: AccessClaims, _ text: String, cookie: String,
        hearsOfRevocations: Bool
    ) -> XRay {
        XRay(
            verdict: .letIn,
            reason: "Your access token was enough: this server has checked its signature and its claims by itself, and "
                + "asked nobody who you are.",
            facts: facts(cookie, claims.session, keyID: token.keyID) + [
                Fact(
                    "Rule",
                    "the signature is the key's, the type is at+jwt, issuer and audience are this cluster's, and it "
                        + "has not expired"
                        + (hearsOfRevocations ? ", and nothing that this server has heard of revokes it" : ""))
            ],
            token: TokenAnatomy(text), expiresAt: claims.session.expiresAt)
    }

    /// A refresh token was good, and gave a new access token on the way.
    static func renewed(_ renewal: Renewal, _ claims: AccessClaims, because why: RenewalReason, cookie: String) -> XRay
    {
        XRay(
            verdict: .renewed,
            reason:
                "\(why.rawValue). Your refresh token's "
                + "count was compared with yours in the database; both are \(claims.session.count), so you got a new "
                + "access token in this same request\(renewal.successor == nil ? "" : ", and the next refresh token").",
            facts: facts(cookie, renewal.refresh.claims.session, keyID: renewal.refresh.keyID) + [
                Fact(
                    "Rule",
                    "the refresh token's count is the user's, its session has not ended"
                        + (renewal.successor == nil ? "" : ", and it is the session's newest or the one before")),
                Fact(
                    "New",
                    "an access token, issued by \(claims.session.issuer) and signed with key "
                        + "\(renewal.token.keyID): it is in the answer's cookie, and shown below"),
            ],
            token: TokenAnatomy(renewal.access.text), expiresAt: claims.session.expiresAt)
    }

    /// Why an access token had to be renewed.
    enum RenewalReason: String {
        case missing = "No access token came"
        case expired = "Your access token had expired"
        case revoked = "Your access token had been revoked"
    }

    /// An access token was refused from memory, and nothing stood in for it.
    static func revokedAccess(_ text: String, cookie: String) -> XRay {
        XRay(
            verdict: .refused,
            reason:
                "Your access token was refused: since it was issued, somebody signed out of its session or everywhere, "
                + "or changed the password. This server has heard of that and remembers it; it asked nobody just now. No "
                + "refresh token came with it, so nothing could be renewed.",
            facts: [Fact("Cookie", cookie), Fact("Rule that failed", "nothing known revokes it")],
            token: TokenAnatomy(text), expiresAt: nil)
    }

    /// An access token was refused, and nothing stood in for it.
    static func refusedAccess(_ error: TokenError, _ text: String, cookie: String) -> XRay {
        let more =
            error == .expired
            ? "No refresh token came with it, so nothing could be renewed."
            : "A token that is wrong in another way than expired is not renewed, even beside a good refresh token: "
                + "something is the matter."
        return XRay(
            verdict: .refused, reason: "Your access token was refused: \(error.description). \(more)",
            facts: [Fact("Cookie", cookie), Fact("Rule that failed", error.description)],
            token: TokenAnatomy(text), expiresAt: nil)
    }

    /// A refresh token was refused.
    ///
    /// - Parameter why: a sentence part.
    static func refusedRefresh(_ why: String, _ text: String, cookie: String) -> XRay {
        XRay(
            verdict: .refused, reason: "Your refresh token was refused: \(why). So you have to sign in again.",
            facts: [Fact("Cookie", cookie), Fact("Rule that failed", why)],
            token: TokenAnatomy(text), expiresAt: nil)
    }

    private static func facts(_ cookie: String, _ session: SessionClaims, keyID: String) -> [Fact] {
        [
            Fact("Cookie", cookie), Fact("Issued by", session.issuer), Fact("Signed with key", keyID),
            Fact("Session", session.sessionID), Fact("Count", "\(session.count)"),
        ]
    }
}
