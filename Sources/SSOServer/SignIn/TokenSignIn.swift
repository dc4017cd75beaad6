import HTTPTypes
import Hummingbird
import Identity
import Logging
import Tokens

/// The pages' sign-in by signed tokens in two cookies: the access token says who it is by its signature alone, and when
/// it has expired, the refresh token is exchanged for another on the way.
struct TokenSignIn: PageSignIn {
    let signOn: SignOn
    let gate: AttemptGate
    let cookies: CookieSettings

    func signIn(
        username: String, password: String, _ context: AppContext
    ) async throws(IdentityError) -> [HTTPField] {
        set(
            try await countedSignIn(username, gate, context) { () async throws(IdentityError) in
                try await signOn.signIn(username: username, password: password)
            })
    }

    /// An access cookie that has expired, or that the browser has dropped at its end, is renewed by a good refresh
    /// cookie. One that is wrong in another way is not: something is the matter, so they sign in again.
    func visitor(_ request: Request, _ context: AppContext) async throws -> PageVisitor? {
        try await context.record.checking {
            let (access, refresh) = try request.headers.cookies(cookies.accessName, cookies.refreshName)
            do {
                if let access { return visitor(try checkAccess(access), access) }
            } catch TokenError.expired {
                // The refresh cookie may still be good.
            } catch is TokenError {
                return nil
            }
            guard let refresh else { return nil }
            return try await renewed(by: refresh, accessWasThere: access != nil, context)
        }
    }

    func signOut(_ request: Request, _ context: AppContext) async throws -> [HTTPField] {
        if let claims = try session(request, context) {
            try await signOn.signOut(claims)
            context.logger.info("signed out", metadata: ["sub": "\(claims.subject)", "sid": "\(claims.sessionID)"])
        }
        return cookies.clear
    }

    func signOutEverywhere(_ request: Request, _ context: AppContext) async throws -> [HTTPField]? {
        guard let claims = try session(request, context) else { return nil }
        do {
            try await signOn.signOutEverywhere(claims)
            context.logger.info("signed out everywhere", metadata: ["sub": "\(claims.subject)"])
        } catch IdentityError.revoked {
            // Somebody was faster. These cookies are worth nothing either way.
        }
        return cookies.clear
    }

    func changePassword(
        of visitor: PageVisitor, current: String, new: String, _ context: AppContext
    ) async throws(IdentityError) -> [HTTPField] {
        let tokens = try await gate.passwordChange(of: visitor.user, from: context.place) {
            () async throws(IdentityError) in
            try await signOn.changePassword(
                of: visitor.user, in: visitor.session, count: visitor.count, signedInAt: visitor.signedInAt,
                current: current, new: new)
        }
        context.logger.info("password changed", metadata: ["sub": "\(visitor.user.rawValue)"])
        return set(tokens)
    }

    func devices(of visitor: PageVisitor) async throws(IdentityError) -> [Session] {
        try await signOn.devices(of: visitor.user, askedBy: visitor.session, count: visitor.count)
    }

    func endDevice(_ session: SessionID, of visitor: PageVisitor) async throws(IdentityError) {
        try await signOn.endDevice(
            session, of: visitor.user, askedBy: visitor.session, count: visitor.count)
    }

    // MARK: Steps

    private func set(_ tokens: IssuedTokens) -> [HTTPField] {
        [cookies.setAccess(tokens.access), cookies.setRefresh(tokens.refresh)]
    }

    /// The session that a request's cookies speak for, without renewing anything: to end it, either token will do.
    private func session(_ request: Request, _ context: AppContext) throws -> SessionClaims? {
        try context.record.checkingAtOnce {
            let (access, refresh) = try request.headers.cookies(cookies.accessName, cookies.refreshName)
            if let access, let token = try? checkAccess(access) { return token.claims.session }
            return refresh.flatMap { try? signOn.authority.verify($0, as: RefreshClaims.self) }?.claims.session
        }
    }

    private func checkAccess(_ text: String) throws(TokenError) -> VerifiedToken<AccessClaims> {
        try signOn.authority.countedCheck(text)
    }

    private func visitor(_ token: VerifiedToken<AccessClaims>, _ text: String) -> PageVisitor {
        let claims = token.claims
        return PageVisitor(claims, xray: .letIn(token, claims, text, cookie: cookies.accessName))
    }

    private func renewed(
        by refresh: String, accessWasThere: Bool, _ context: AppContext
    ) async throws(IdentityError) -> PageVisitor? {
        do {
            let renewal = try await signOn.renew(refresh)
            ResultCounters.renewals.succeed()
            let claims = renewal.token.claims
            var visitor = PageVisitor(
                claims, xray: .renewed(renewal, claims, accessWasThere: accessWasThere, cookie: cookies.refreshName))
            context.record.renewedCookies =
                [cookies.setAccess(renewal.access)] + (renewal.successor.map { [cookies.setRefresh($0)] } ?? [])
            visitor.accessToken = renewal.access.text
            visitor.refreshToken = renewal.successor?.text
            return visitor
        } catch {
            ResultCounters.renewals.fail(error)
            switch error {
            case .invalidToken, .revoked, .reused: return nil
            default: throw error
            }
        }
    }
}

extension PageVisitor {
    fileprivate init(_ claims: AccessClaims, xray: XRay) {
        self.init(
            user: UserID(rawValue: claims.session.subject), userName: claims.userName,
            session: SessionID(rawValue: claims.session.sessionID), count: claims.session.count,
            signedInAt: claims.session.authenticatedAt, issuer: claims.session.issuer, xray: xray)
    }
}
