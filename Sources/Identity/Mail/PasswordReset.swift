import Tokens

/// The rules of a password that is forgotten: a mail brings a token, and the token sets another password, once.
///
/// No table says which tokens are out or used. A token carries its user's count, and is good while that is the count in
/// the database; setting the password adds one to the count in the same step. So it works once, and whatever else
/// revokes the user's tokens takes this one back as well.
public struct PasswordReset: Sendable {
    /// How many seconds a reset token lives.
    public static let tokenLife = 1800
    /// How many seconds must pass between two mails with a reset link for one user.
    public static let pause = 300

    private let authority: TokenAuthority
    private let store: any IdentityStore & MailStore
    private let hasher: PasswordHasher

    /// The rules over a store.
    public init(authority: TokenAuthority, store: any IdentityStore & MailStore, hasher: PasswordHasher) {
        self.authority = authority
        self.store = store
        self.hasher = hasher
    }

    /// Queues a mail with a link for the user of that name, if there is one to whom a mail can go, and none went out
    /// just now. The caller learns nothing of this.
    ///
    /// - Parameter origin: where the server that was asked can be reached, by its settings.
    /// - Throws: ``IdentityError/store(_:)``.
    public func request(username: String, linkTo origin: String) async throws(IdentityError) {
        guard let name = try? UserName(username) else { return }
        do {
            try await store.queueResetMail(
                for: name, linkTo: origin, at: authority.now, pause: Self.pause)
        } catch { throw .store(error) }
    }

    /// The token for a mail that was taken from the queue. It is made when the mail is sent, so it lies nowhere before.
    ///
    /// - Parameter time: a time before the mail was taken: the token then does not claim to be younger than a
    ///   revocation that it has not seen.
    /// - Returns: nil if the user's count has grown since the mail was asked for: the token would be worth nothing.
    /// - Throws: ``IdentityError/cannotIssue(_:)``.
    public func token(for mail: QueuedMail, at time: Int) throws(IdentityError) -> String? {
        guard mail.count == mail.userCount else { return nil }
        let claims = ResetClaims(
            issuer: authority.terms.issuer, audience: authority.terms.audience, subject: mail.user.rawValue,
            count: mail.count, issuedAt: time, expiresAt: time + Self.tokenLife, tokenID: randomID())
        do { return try authority.sign(claims) } catch { throw .cannotIssue(error) }
    }

    /// Whom a token lets set another password. Nothing is changed.
    ///
    /// - Throws: ``IdentityError/invalidToken(_:)``, ``IdentityError/revoked`` if it was used or the user's tokens were
    ///   taken back, or ``IdentityError/store(_:)``.
    @discardableResult
    public func check(_ token: String) async throws(IdentityError) -> User {
        let claims: SessionClaims
        do { claims = try authority.verify(token, as: ResetClaims.self).claims.session } catch {
            throw .invalidToken(error)
        }
        let known: (user: User, password: PasswordHash)?
        do { known = try await store.user(id: UserID(rawValue: claims.subject)) } catch { throw .store(error) }
        guard let user = known?.user, user.count == claims.count else { throw .revoked }
        return user
    }

    /// Sets another password, ends all of the user's sessions, and makes the token worthless.
    ///
    /// - Returns: the user.
    /// - Throws: as ``check(_:)``; ``IdentityError/invalidPassword``, with which the token stays good;
    ///   ``IdentityError/busy(retryAfter:)``.
    @discardableResult
    public func reset(_ token: String, to new: String) async throws(IdentityError) -> User {
        let user = try await check(token)
        let hash = try await hasher.hash(try Password(new: new, for: user.name))
        let count: Int?
        do {
            // The count is compared once more, in the step that sets the password: of two with one token, one wins.
            count = try await store.resetPassword(of: user.id, to: hash, count: user.count, at: authority.now)
        } catch { throw .store(error) }
        guard count != nil else { throw .revoked }
        return user
    }
}
