import HTTPTypes
import Hummingbird
import Identity

/// How the pages know who is there. There are two ways, and a server runs one of them: signed tokens
/// (``TokenSignIn``), and the traditional random session ids (``SessionSignIn``), for comparison.
///
/// Whatever sets or clears cookies gives their `Set-Cookie` fields, for the page to send.
protocol PageSignIn: Sendable {
    /// Begins a session for who knows the password.
    func signIn(
        username: String, password: String, _ context: AppContext
    ) async throws(IdentityError) -> [HTTPField]

    /// Who asks for a page, by their cookies alone; nil if they have to sign in.
    ///
    /// - Throws: `IdentityError/store(_:)` if the store was needed and did not answer: that signs nobody out.
    func visitor(_ request: Request, _ context: AppContext) async throws -> PageVisitor?

    /// Why the cookies of a request sign nobody in, for the sign-in page; nil if there are none. It changes nothing.
    func refusal(_ request: Request, _ context: AppContext) async throws -> XRay?

    /// Ends the session of the request's cookies, if there is one, and clears them.
    func signOut(_ request: Request, _ context: AppContext) async throws -> [HTTPField]

    /// Ends all sessions of the user whose cookies come with the request, and clears the cookies; nil if they are
    /// nobody's.
    func signOutEverywhere(_ request: Request, _ context: AppContext) async throws -> [HTTPField]?

    /// Changes the password: this session goes on, all others are out.
    func changePassword(
        of visitor: PageVisitor, current: String, new: String, _ context: AppContext
    ) async throws(IdentityError) -> [HTTPField]

    /// The visitor's live sessions, the last used first.
    ///
    /// - Throws: `IdentityError/revoked` if what signs the visitor in has been revoked since it was issued.
    func devices(of visitor: PageVisitor) async throws(IdentityError) -> [Session]

    /// Ends one of the visitor's sessions.
    ///
    /// - Throws: as ``devices(of:)``.
    func endDevice(_ session: SessionID, of visitor: PageVisitor) async throws(IdentityError)
}

/// Who asks for a page.
struct PageVisitor: Sendable {
    let user: UserID
    let userName: String
    let session: SessionID
    /// The user's count when their token was issued or, without tokens, the count kept with their session.
    let count: Int
    /// When the session began, in whole seconds since 1970; nil if the token does not tell.
    var signedInAt: Int?
    /// The server that issued the visitor's token; nil without tokens.
    var issuer: String?
    /// How it was found out.
    let xray: XRay
    /// Cookies to set with the page, in place of those of the same names that were renewed on the way.
    var cookies: [HTTPField] = []
    /// The access token that was issued on the way, if one was.
    var accessToken: String?
    /// The refresh token that was issued on the way, if one was.
    var refreshToken: String?
}
