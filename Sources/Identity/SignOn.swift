import Tokens

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
        let refreshID = randomID()
        let (user, count, time) = try await begin(username: username, password: password) {
            user, hash, time async throws(StoreError) in
            try await store.beginSession(
                session, of: user.id, provided: hash, refresh: stamp(refreshID, at: time), at: time,
                forgettingUnusedSince: time - authority.terms.refreshLife)
        }
        return try tokens(
            for: SignedInUser(id: user.id, name: user.name.spelling, session: session, count: count), at: time,
            refreshID: refreshID)
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
            guard try await hasher.matches(password, known?.password), let known else {
                try await record(.signInFailed, of: known?.user.id)
                break
            }
            let hash = try await upgrade(known.password, of: known.user, password)
            let time = authority.now
            let count = try await stored { () async throws(StoreError) in try await session(known.user, hash, time) }
            if let count { return (known.user, count, time) }
        }
        throw .invalidCredentials
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

    /// New tokens.
    ///
    /// - Parameter refreshID: the `jti` of the refresh token, whose ``stamp(_:at:)`` the session has.
    func tokens(for user: SignedInUser, at time: Int, refreshID: String) throws(IdentityError) -> IssuedTokens {
        // The work that led here may have taken the session over its end.
        guard (user.signedInAt ?? time) + authority.terms.sessionLife > time else { throw .invalidToken(.expired) }
        return try issuing { () throws(TokenError) in
            IssuedTokens(
                access: try authority.accessToken(for: user, at: time),
                refresh: try authority.refreshToken(for: user, at: time, id: refreshID))
        }
    }

    /// What a session is to remember of a refresh token that this server issues; nil where tokens do not rotate.
    func stamp(_ tokenID: String, at time: Int) -> RefreshStamp? {
        if case .count = authority.terms.refreshRule { return nil }
        return RefreshStamp(hash: RefreshStamp.hash(of: tokenID), issuedAt: time, issuer: authority.terms.issuer)
    }

    /// Records what changed nothing. Where that cannot be done, the call fails: nobody tries passwords unseen.
    func record(_ kind: AuditEvent.Kind, of user: UserID?) async throws(IdentityError) {
        let time = authority.now
        try await stored { () async throws(StoreError) in
            try await store.record(kind, of: user, in: nil, detail: nil, at: time)
        }
    }

    func verified<Claims: TokenClaims>(
        _ token: String, as kind: Claims.Type
    ) throws(IdentityError) -> VerifiedToken<Claims> {
        do { return try authority.verify(token, as: kind) } catch { throw .invalidToken(error) }
    }

    func issuing<Result>(_ work: () throws(TokenError) -> Result) throws(IdentityError) -> Result {
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
