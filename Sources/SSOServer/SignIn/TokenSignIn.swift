import HTTPTypes
import Hummingbird
import Identity
import Logging
import Tokens

/// The pages' sign-in by signed tokens in two cookies: the access token says who it is by its signature alone, and when
/// it has expired, the refresh token is exchanged for another on the way.
struct TokenSignIn: PageSignIn {
    let signOn: SignOn
    let access: AccessCheck
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
    /// cookie. So is one that was revoked: the refresh cookie may be newer, and the database is asked. One that is wrong in
    /// another way is not: something is the matter, so they sign in again.
    func visitor(_ request: Request, _ context: AppContext) async throws -> PageVisitor? {
        try await context.record.checking {
            let (access, refresh) = try request.headers.cookies(cookies.accessName, cookies.refreshName)
            let why: XRay.RenewalReason
            switch try look(access) {
            case .known(let visitor): return visitor
            case .renewable(let reason): why = reason
            case .nobody: return nil
            }
            guard let refresh else { return nil }
            return try await renewed(by: refresh, because: why, context)
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

    /// What an access cookie is good for.
    private enum Finding {
        /// It says who it is.
        case known(PageVisitor)
        /// The refresh cookie may still be good.
        case renewable(XRay.RenewalReason)
        /// Something is the matter with it.
        case nobody
    }

    private func look(_ text: String?) throws(IdentityError) -> Finding {
        guard let text else { return .renewable(.missing) }
        do throws(IdentityError) {
            return .known(visitor(try access.counted(text), text))
        } catch {
            switch error {
            case .invalidToken(.expired): return .renewable(.expired)
            case .revoked: return .renewable(.revoked)
            case .invalidToken: return .nobody
            default: throw error
            }
        }
    }

    private func set(_ tokens: IssuedTokens) -> [HTTPField] {
        [cookies.setAccess(tokens.access), cookies.setRefresh(tokens.refresh)]
    }

    /// The session that a request's cookies speak for, without renewing anything: to end it, either token will do.
    private func session(_ request: Request, _ context: AppContext) throws -> SessionClaims? {
        try context.record.checkingAtOnce {
            let (access, refresh) = try request.headers.cookies(cookies.accessName, cookies.refreshName)
            if let access, let token = try? self.access.counted(access) { return token.claims.session }
            return refresh.flatMap { try? signOn.authority.verify($0, as: RefreshClaims.self) }?.claims.session
        }
    }

    private func visitor(_ token: VerifiedToken<AccessClaims>, _ text: String) -> PageVisitor {
        let claims = token.claims
        return PageVisitor(
            claims,
            xray: .letIn(
                token, claims, text, cookie: cookies.accessName, hearsOfRevocations: access.revocations != nil))
    }

    private func renewed(
        by refresh: String, because why: XRay.RenewalReason, _ context: AppContext
    ) async throws(IdentityError) -> PageVisitor? {
        do {
            let renewal = try await signOn.renew(refresh)
            ResultCounters.renewals.succeed()
            let claims = renewal.token.claims
            var visitor = PageVisitor(
                claims, xray: .renewed(renewal, claims, because: why, cookie: cookies.refreshName))
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
