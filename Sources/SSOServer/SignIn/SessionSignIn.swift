import HTTPTypes
import Hummingbird
import Identity
import Logging

/// The pages' sign-in in the traditional way, for comparison with ``TokenSignIn``: a random session id in one cookie,
/// and the session itself in the server's memory or in the database.
struct SessionSignIn: PageSignIn {
    let signOn: SessionSignOn
    let gate: AttemptGate
    let check: SessionCheck
    let telling: SessionTelling

    private var cookies: CookieSettings { check.cookies }

    func signIn(
        username: String, password: String, _ context: AppContext
    ) async throws(IdentityError) -> [HTTPField] {
        let secret = try await countedSignIn(username, gate, context) { () async throws(IdentityError) in
            try await signOn.signIn(username: username, password: password)
        }
        return [cookies.setSession(secret.text)]
    }

    func visitor(_ request: Request, _ context: AppContext) async throws -> PageVisitor? {
        guard let finding = try await check.use(request, context), case .live(let session) = finding.lookup else {
            return nil
        }
        return PageVisitor(
            user: session.user, userName: session.userName.spelling, session: session.session.id,
            count: session.session.count, xray: telling.letIn(session, by: finding.secret))
    }

    /// Looking counts as the sign-in check here too: to look the session up is all that the check does.
    func refusal(_ request: Request, _ context: AppContext) async throws -> XRay? {
        guard let finding = try await check.find(request, context), case .refused(let refusal) = finding.lookup else {
            return nil
        }
        return telling.refused(refusal, finding.secret)
    }

    func signOut(_ request: Request, _ context: AppContext) async throws -> [HTTPField] {
        if let session = try await live(request, context) {
            try await signOn.end(session.session.id, of: session.user)
            context.logger.info(
                "signed out",
                metadata: ["sub": "\(session.user.rawValue)", "sid": "\(session.session.id.rawValue)"])
        }
        return [cookies.clearSession]
    }

    func signOutEverywhere(_ request: Request, _ context: AppContext) async throws -> [HTTPField]? {
        guard let session = try await live(request, context) else { return nil }
        do {
            try await signOn.signOutEverywhere(session)
            context.logger.info("signed out everywhere", metadata: ["sub": "\(session.user.rawValue)"])
        } catch IdentityError.revoked {
            // Somebody was faster. This cookie is worth nothing either way.
        }
        return [cookies.clearSession]
    }

    /// Afterwards this device has a new session: somebody may have copied the cookie of the old one.
    func changePassword(
        of visitor: PageVisitor, current: String, new: String, _ context: AppContext
    ) async throws(IdentityError) -> [HTTPField] {
        try await gate.passwordChange(of: visitor.user, from: context.place) { () async throws(IdentityError) in
            try await signOn.changePassword(
                of: visitor.user, in: visitor.session, count: visitor.count, current: current, new: new)
        }
        context.logger.info("password changed", metadata: ["sub": "\(visitor.user.rawValue)"])
        try await signOn.end(visitor.session, of: visitor.user)
        // The password is changed, whatever comes now: where there is no room for another hash, they sign in anew.
        guard let secret = try? await signOn.signIn(username: visitor.userName, password: new) else {
            return [cookies.clearSession]
        }
        return [cookies.setSession(secret.text)]
    }

    func devices(of visitor: PageVisitor) async throws(IdentityError) -> [Session] {
        try await signOn.devices(of: visitor.user)
    }

    func endDevice(_ session: SessionID, of visitor: PageVisitor) async throws(IdentityError) {
        try await signOn.end(session, of: visitor.user)
    }

    private func live(_ request: Request, _ context: AppContext) async throws -> OwnedSession? {
        guard case .live(let session)? = try await check.find(request, context)?.lookup else { return nil }
        return session
    }
}
