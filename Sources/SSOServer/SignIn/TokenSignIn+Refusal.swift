import Hummingbird
import Identity
import Tokens

/// Why tokens did not let somebody in, as far as a page can tell them: for learning, and for people who wonder why they
/// have to sign in again.
extension TokenSignIn {
    /// What this reads is for the explanation alone, not to find out who asks.
    func refusal(_ request: Request, _ context: AppContext) async throws -> XRay? {
        let (access, refresh) = try request.headers.cookies(cookies.accessName, cookies.refreshName)
        if let access {
            switch accessRefusal(access) {
            case nil: return nil
            // What matters then is the refresh token, if there is one.
            case .invalidToken(.expired)? where refresh != nil, .revoked? where refresh != nil: break
            case .invalidToken(let error)?: return .refusedAccess(error, access, cookie: cookies.accessName)
            case .revoked?: return .revokedAccess(access, cookie: cookies.accessName)
            default: return nil
            }
        }
        guard let refresh else { return nil }
        let why = try await reason(against: refresh)
        return why.map { .refusedRefresh($0, refresh, cookie: cookies.refreshName) }
    }

    /// Why an access token is refused; nil if it is not.
    private func accessRefusal(_ text: String) -> IdentityError? {
        do throws(IdentityError) {
            _ = try access.verify(text)
            return nil
        } catch {
            return error
        }
    }

    /// Why a refresh token is refused; nil if it is not.
    private func reason(against refresh: String) async throws(IdentityError) -> String? {
        let claims: SessionClaims
        do {
            claims = try signOn.authority.verify(refresh, as: RefreshClaims.self).claims.session
        } catch {
            return "\(error.description): rules that need no database"
        }
        guard let user = try await signOn.sessions(of: UserID(rawValue: claims.subject)) else {
            return "the user it was issued for is not there any more"
        }
        if user.count != claims.count {
            return "it carries count \(claims.count), and yours in the database is now \(user.count): since it was "
                + "issued, somebody signed out everywhere or changed the password"
        }
        guard let session = user.sessions.first(where: { $0.id.rawValue == claims.sessionID }) else {
            return "its session is not there any more"
        }
        guard session.endedAt != nil else { return nil }
        return session.endReason == .reuse
            ? "its session was ended: a refresh token of this session was used a second time, long after its successor "
                + "was issued, so somebody had a copy"
            : "its session was ended: somebody signed out of it"
    }
}
