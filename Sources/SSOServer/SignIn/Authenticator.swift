import Hummingbird
import Identity
import Tokens

/// Finds out who asks.
struct Authenticator: Sendable {
    let signOn: SignOn
    let cookies: CookieSettings
    let site: Site

    /// Who asks for a page: their token, and the cookie to set if it was renewed on the way.
    struct PageVisitor {
        let token: VerifiedToken<AccessClaims>
        let renewed: IssuedToken?
    }

    // MARK: For programs

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
            return try check(text)
        }
    }

    /// The same for a request that changes something: with cookies, it must come from a page of ours.
    func requireTokenForChange(_ request: Request, _ context: AppContext) throws -> VerifiedToken<AccessClaims> {
        if case .cookies = try Credentials(request.headers, cookies) { try site.requireOwnPage(request) }
        return try requireToken(request, context)
    }

    // MARK: For pages

    /// Who asks for a page, by their cookies alone; nil if they have to sign in.
    ///
    /// An access cookie that has expired, or that the browser has dropped at its end, is renewed by a good refresh
    /// cookie. One that is wrong in another way is not: something is the matter, so they sign in again.
    ///
    /// - Throws: `IdentityError/store(_:)` if a renewal was due and the store did not answer: that signs nobody out.
    func pageVisitor(_ request: Request, _ context: AppContext) async throws -> PageVisitor? {
        try await context.record.checking {
            let access = try request.headers.cookie(cookies.accessName)
            let refresh = try request.headers.cookie(cookies.refreshName)
            do {
                if let access { return PageVisitor(token: try check(access), renewed: nil) }
            } catch TokenError.expired {
                // The refresh cookie may still be good.
            } catch is TokenError {
                return nil
            }
            guard let refresh else { return nil }
            return try await renew(refresh)
        }
    }

    /// The session that a page's cookies speak for, without renewing anything: to end it, either token will do.
    func pageSession(_ request: Request, _ context: AppContext) throws -> SessionClaims? {
        try context.record.checkingAtOnce {
            let access = try request.headers.cookie(cookies.accessName)
            let refresh = try request.headers.cookie(cookies.refreshName)
            if let access, let token = try? check(access) { return token.claims.session }
            return refresh.flatMap { try? signOn.authority.verify($0, as: RefreshClaims.self) }?.claims.session
        }
    }

    // MARK: Steps

    private func check(_ text: String) throws(TokenError) -> VerifiedToken<AccessClaims> {
        do {
            let token = try signOn.authority.verify(text, as: AccessClaims.self)
            ResultCounters.tokenChecks.succeed()
            return token
        } catch {
            ResultCounters.tokenChecks.fail(error)
            throw error
        }
    }

    private func renew(_ refresh: String) async throws(IdentityError) -> PageVisitor? {
        do {
            let renewal = try await signOn.renew(refresh)
            ResultCounters.renewals.succeed()
            return PageVisitor(token: renewal.token, renewed: renewal.access)
        } catch {
            ResultCounters.renewals.fail(error)
            switch error {
            case .invalidToken, .revoked: return nil
            default: throw error
            }
        }
    }
}
