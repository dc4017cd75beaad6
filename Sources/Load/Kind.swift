/// What a visitor does in one request.
public enum Kind: String, CaseIterable, Sendable, Codable {
    /// Asks a server for the visitor's own data, with an access token.
    case browse
    /// Exchanges the refresh token.
    case renew
    /// Gives name and password: the one kind for which a password is hashed.
    case signIn = "sign-in"
    /// Ends the session.
    case signOut = "sign-out"

    /// The status of an answer that is as it should be.
    var goodStatus: Int { self == .signOut ? 204 : 200 }
}
