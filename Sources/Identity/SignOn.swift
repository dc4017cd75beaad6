public import Tokens

/// The rules of signing on: who gets tokens, and until when they hold.
///
/// An access token is checked by ``authority`` alone. Everything here reads or changes the store.
public struct SignOn: Sendable {
    /// Issues and checks tokens.
    public let authority: TokenAuthority
    let store: any IdentityStore
    let hasher: PasswordHasher

    /// The rules over a store.
    public init(authority: TokenAuthority, store: any IdentityStore, hasher: PasswordHasher) {
        self.authority = authority
        self.store = store
        self.hasher = hasher
    }

    /// Adds a user. See ``UserDirectory/register(username:password:email:)``.
    @discardableResult
    public func register(
        username: String, password: String, email: String? = nil
    ) async throws(IdentityError) -> User {
        try await UserDirectory(store: store, hasher: hasher, clock: { [authority] in authority.now })
            .register(username: username, password: password, email: email)
    }

    /// Begins a session for who knows the password.
    ///
    /// An unknown user and a wrong password are the same to the caller, in their answer and in their cost. After a
    /// change of the cost, though, who has not signed in since still has a hash of the old one, which takes its own time.
    ///
    /// - Throws: ``IdentityError/invalidCredentials``, ``IdentityError/busy(retryAfter:)`` or
    ///   ``IdentityError/store(_:)``.
    public func signIn(username: String, password: String) async throws(IdentityError) -> IssuedTokens {
        let session = SessionID(rawValue: randomID())
        let (user, count, time) = try await begin(username: username, password: password) {
            user, hash, time async throws(StoreError) in
            try await store.beginSession(
                session, of: user.id, provided: hash, at: time,
                forgettingUnusedSince: time - authority.terms.refreshLife)
        }
        return try tokens(
            for: SignedInUser(id: user.id, name: user.name.spelling, session: session, count: count), at: time)
    }

    /// Exchanges a refresh token for new tokens of the same session.
    ///
    /// - Throws: ``IdentityError/invalidToken(_:)``, ``IdentityError/revoked`` or ``IdentityError/store(_:)``.
    public func refresh(_ token: String) async throws(IdentityError) -> IssuedTokens {
        let (user, time) = try await liveUser(of: verified(token, as: RefreshClaims.self))
        return try tokens(for: user, at: time)
    }

    /// Gives a new access token for a refresh token, which stays as it is: the renewal on the way of a page.
    ///
    /// - Returns: the token, and what a check of it gives.
    /// - Throws: as ``refresh(_:)``.
    public func renew(_ token: String) async throws(IdentityError) -> Renewal {
        let refresh = try verified(token, as: RefreshClaims.self)
        let (user, time) = try await liveUser(of: refresh)
        return try issuing { () throws(TokenError) in
            let access = try authority.accessToken(for: user, at: time)
            return Renewal(
                access: access, token: try authority.verify(access.text, as: AccessClaims.self), refresh: refresh)
        }
    }

    // MARK: Steps

    /// Checks a password, and begins a session for who knows it.
    ///
    /// - Parameter session: begins it, if the user still has the password of that hash, and gives their count; nil if
    ///   they have not.
    func begin(
        username: String, password: String,
        _ session: (User, PasswordHash, _ time: Int) async throws(StoreError) -> Int?
    ) async throws(IdentityError) -> (user: User, count: Int, time: Int) {
        let password = Password(presented: password)
        // Whoever changes or upgrades the hash between the check and the session makes the check worthless: look again.
        for _ in 1...3 {
            let known = try await find(username)
            guard try await hasher.matches(password, known?.password), let known else { break }
            let hash = try await upgrade(known.password, of: known.user, password)
            let time = authority.now
            let count = try await stored { () async throws(StoreError) in try await session(known.user, hash, time) }
            if let count { return (known.user, count, time) }
        }
        throw .invalidCredentials
    }

    /// Whom a refresh token signs in, if it is good: its own rules hold, its count is the user's, and its session has
    /// not ended. The user is read once.
    ///
    /// The time is taken before the count is read, so no token claims to have been issued after a revocation that it
    /// did not see.
    private func liveUser(
        of token: VerifiedToken<RefreshClaims>
    ) async throws(IdentityError) -> (SignedInUser, time: Int) {
        let claims = token.claims.session
        let time = authority.now
        let user = UserID(rawValue: claims.subject)
        let session = SessionID(rawValue: claims.sessionID)
        let state = try await stored { () async throws(StoreError) in
            try await store.useSession(session, of: user, at: time)
        }
        guard let state, !state.hasEnded, state.count == claims.count else { throw .revoked }
        return (SignedInUser(id: user, name: state.userName.spelling, session: session, count: state.count), time)
    }

    private func find(_ username: String) async throws(IdentityError) -> (user: User, password: PasswordHash)? {
        guard let name = try? UserName(username) else { return nil }
        return try await stored { () async throws(StoreError) in try await store.user(named: name) }
    }

    /// The hash that the user now has: a new one, if the old was made at a lower cost than is asked for today.
    private func upgrade(
        _ hash: PasswordHash, of user: User, _ password: Password
    ) async throws(IdentityError) -> PasswordHash {
        guard hash.cost.isLower(than: hasher.cost) else { return hash }
        let costlier = try await hasher.hash(password)
        try await stored { () async throws(StoreError) in
            try await store.upgradePassword(of: user.id, from: hash, to: costlier)
        }
        return costlier
    }

    func tokens(for user: SignedInUser, at time: Int) throws(IdentityError) -> IssuedTokens {
        try issuing { () throws(TokenError) in
            IssuedTokens(
                access: try authority.accessToken(for: user, at: time),
                refresh: try authority.refreshToken(for: user, at: time))
        }
    }

    func verified<Claims: TokenClaims>(
        _ token: String, as kind: Claims.Type
    ) throws(IdentityError) -> VerifiedToken<Claims> {
        do { return try authority.verify(token, as: kind) } catch { throw .invalidToken(error) }
    }

    private func issuing<Result>(_ work: () throws(TokenError) -> Result) throws(IdentityError) -> Result {
        do { return try work() } catch { throw .cannotIssue(error) }
    }

    func stored<Result>(
        _ work: () async throws(StoreError) -> Result
    ) async throws(IdentityError) -> Result {
        do { return try await work() } catch { throw .store(error) }
    }
}

/// The two tokens of a session.
public struct IssuedTokens: Sendable {
    /// Who you are, for a short time.
    public let access: IssuedToken
    /// The right to new access tokens, for a long time.
    public let refresh: IssuedToken
}

/// An access token that was renewed on the way.
public struct Renewal: Sendable {
    /// The new access token.
    public let access: IssuedToken
    /// The same token, verified.
    public let token: VerifiedToken<AccessClaims>
    /// The refresh token that it was renewed by.
    public let refresh: VerifiedToken<RefreshClaims>
}
