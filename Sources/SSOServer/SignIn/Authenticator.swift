import Hummingbird
import Identity
import Tokens

/// Finds out which program asks, by the tokens that it sends.
struct Authenticator: Sendable {
    let signOn: SignOn
    let cookies: CookieSettings
    let site: Site

    /// The verified access token of an API request. It reads no database, and it renews nothing: `/api/` never sets a
    /// cookie.
    ///
    /// - Throws: ``Problem`` or `TokenError`.
    func requireToken(_ request: Request, _ context: AppContext) throws -> VerifiedToken<AccessClaims> {
        try context.record.checkingAtOnce {
            let text =
                switch try Credentials(request.headers, cookies) {
                case .bearer(let token): token
                case .cookies(let access?, _): access
                case .cookies(nil, _): throw Problem.tokenMissing
                }
            return try signOn.authority.countedCheck(text)
        }
    }

    /// The same for a request that changes something: with cookies, it must come from a page of ours.
    func requireTokenForChange(_ request: Request, _ context: AppContext) throws -> VerifiedToken<AccessClaims> {
        if case .cookies = try Credentials(request.headers, cookies) { try site.requireOwnPage(request) }
        return try requireToken(request, context)
    }
}

extension TokenAuthority {
    /// Checks an access token, and counts what came of it.
    func countedCheck(_ text: String) throws(TokenError) -> VerifiedToken<AccessClaims> {
        do {
            let token = try verify(text, as: AccessClaims.self)
            ResultCounters.tokenChecks.succeed()
            return token
        } catch {
            ResultCounters.tokenChecks.fail(error)
            throw error
        }
    }
}
