/// The claims of a reset token: whoever shows it may set its user a new password, for a short time, while the user's
/// count is the token's (`typ` `reset+jwt`). Setting the password adds one to the count, so it works once.
///
/// It begins and belongs to no sign-in session, so it carries no `sid`, and no name either.
public struct ResetClaims: TokenClaims {
    /// `reset+jwt`.
    public static let type = "reset+jwt"
    /// No.
    public static let isOfSession = false
    /// What all kinds of token say; the session's id is empty.
    public let session: SessionClaims

    /// The claims of a reset token; see ``SessionClaims`` for what each may be.
    public init(
        issuer: String, audience: String, subject: String, count: Int, issuedAt: Int, expiresAt: Int, tokenID: String
    ) {
        session = SessionClaims(
            issuer: issuer, audience: audience, subject: subject, sessionID: "", count: count, issuedAt: issuedAt,
            expiresAt: expiresAt, tokenID: tokenID)
    }

    /// Claims as read from a payload; a name is not looked at.
    public init?(session: SessionClaims, name: String?) {
        self.session = session
    }

    /// None: a reset token carries no name.
    public var name: String? { nil }
}
