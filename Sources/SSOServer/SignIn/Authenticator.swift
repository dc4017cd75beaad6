import Hummingbird
import Identity
import Tokens

/// Finds out which program asks, by the tokens that it sends.
struct Authenticator: Sendable {
    let access: AccessCheck
    let cookies: CookieSettings
    let site: Site

    /// The verified access token of an API request. It reads no database, and it renews nothing: `/api/` never sets a
    /// cookie.
    ///
    /// - Throws: ``Problem``, or what ``AccessCheck/counted(_:)`` does.
    func requireToken(_ request: Request, _ context: AppContext) throws -> VerifiedToken<AccessClaims> {
        try context.record.checkingAtOnce { try access.counted(text(request)) }
    }

    /// The text of the access token that a request carries.
    private func text(_ request: Request) throws -> String {
        switch try Credentials(request.headers, cookies) {
        case .bearer(let token): token
        case .cookies(let access?, _): access
        case .cookies(nil, _): throw Problem.tokenMissing
        }
    }

    /// The verified token of a request to sign out; nil if its session has ended already.
    func requireTokenToEnd(_ request: Request, _ context: AppContext) throws -> VerifiedToken<AccessClaims>? {
        do {
            return try requireTokenForChange(request, context)
        } catch IdentityError.revoked {
            guard access.isOfEndedSession(try text(request)) else { throw IdentityError.revoked }
            return nil
        }
    }

    /// The same for a request that changes something: with cookies, it must come from a page of ours.
    func requireTokenForChange(_ request: Request, _ context: AppContext) throws -> VerifiedToken<AccessClaims> {
        if case .cookies = try Credentials(request.headers, cookies) { try site.requireOwnPage(request) }
        return try requireToken(request, context)
    }
}
