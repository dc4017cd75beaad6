public import Tokens

/// The rules of signing out and of taking tokens back.
///
/// Who asks here shows a token that was verified. It may have been revoked since it was issued, which the store finds
/// out in the same step in which it changes something.
extension SignOn {
    /// Ends one session: its refresh token is refused from then on, on every server. Ending it again is no error.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func signOut(_ claims: SessionClaims) async throws(IdentityError) {
        let time = authority.now
        try await stored { () async throws(StoreError) in
            try await store.endSession(claims.session, of: claims.user, because: .signedOut, at: time)
        }
    }

    /// Adds one to the user's count: every refresh token of theirs is refused from then on, on every server.
    ///
    /// - Throws: ``IdentityError/revoked`` if the token that asks is itself revoked, so that a stolen one cannot sign
    ///   its owner out again and again; ``IdentityError/store(_:)``.
    public func signOutEverywhere(_ claims: SessionClaims) async throws(IdentityError) {
        let time = authority.now
        let count = try await stored { () async throws(StoreError) in
            try await store.advanceCount(of: claims.user, from: claims.count, in: claims.session, at: time)
        }
        guard count != nil else { throw .revoked }
    }

    /// Changes the password and adds one to the count: this session gets new tokens, all others are out.
    ///
    /// - Throws: ``IdentityError/invalidPassword``, ``IdentityError/invalidCredentials`` if `current` is wrong,
    ///   ``IdentityError/revoked``, ``IdentityError/busy(retryAfter:)`` or ``IdentityError/store(_:)``.
    public func changePassword(
        _ claims: SessionClaims, current: String, new: String
    ) async throws(IdentityError) -> IssuedTokens {
        try await changePassword(
            of: claims.user, in: claims.session, count: claims.count, signedInAt: claims.authenticatedAt,
            current: current, new: new)
    }

    /// The same for a session that is known without its token.
    ///
    /// - Parameter signedInAt: when the session began, in whole seconds since 1970; nil if that is not known.
    public func changePassword(
        of user: UserID, in session: SessionID, count: Int, signedInAt: Int?, current: String, new: String
    ) async throws(IdentityError) -> IssuedTokens {
        let refreshID = randomID()
        let (user, newCount, time) = try await replacePassword(
            of: user, provided: count, current: current, new: new
        ) { user, old, new, time async throws(StoreError) in
            // The hashes may have taken the session over its end.
            guard (signedInAt ?? time) + authority.terms.sessionLife > time else { return nil }
            return try await store.changePassword(
                of: user.id, from: old, to: new, count: user.count, keeping: session,
                refresh: stamp(refreshID, at: time), at: time)
        }
        return try tokens(
            for: SignedInUser(
                id: user.id, name: user.name.spelling, session: session, count: newCount, signedInAt: signedInAt),
            at: time, refreshID: refreshID)
    }

    /// Checks the current password, and replaces it by a new one.
    ///
    /// - Parameters:
    ///   - count: what the user's count must be; nil if that is `replace`'s to say.
    ///   - replace: replaces the one hash by the other and gives the new count; nil if something has changed meanwhile.
    func replacePassword(
        of user: UserID, provided count: Int? = nil, current: String, new: String,
        _ replace: (User, _ old: PasswordHash, _ new: PasswordHash, _ time: Int) async throws(StoreError) -> Int?
    ) async throws(IdentityError) -> (user: User, count: Int, time: Int) {
        let known = try await stored { () async throws(StoreError) in try await store.user(id: user) }
        guard let (user, old) = known, count == nil || user.count == count else { throw .revoked }
        let password = try Password(new: new, for: user.name)
        guard try await hasher.matches(Password(presented: current), old) else {
            try await record(.passwordChangeFailed, of: user.id)
            throw .invalidCredentials
        }
        let hash = try await hasher.hash(password)
        let time = authority.now
        let newCount = try await stored { () async throws(StoreError) in try await replace(user, old, hash, time) }
        guard let newCount else { throw .revoked }
        return (user, newCount, time)
    }
}
