/// The rules of signing on in the traditional way: servers remember who is signed in, and browsers hold only a random
/// id. For comparison with ``SignOn``, whose users, passwords and counts it shares.
public struct SessionSignOn: Sendable {
    private let signOn: SignOn
    private let sessions: any SessionStore

    /// The rules over a place for sessions.
    public init(signOn: SignOn, sessions: any SessionStore) {
        self.signOn = signOn
        self.sessions = sessions
    }

    private var now: Int { signOn.authority.now }

    /// Begins a session for who knows the password. Its secret is always new: one that came with the request, which
    /// somebody else may have planted there, is never taken over.
    ///
    /// - Throws: as ``SignOn/signIn(username:password:)``.
    public func signIn(username: String, password: String) async throws(IdentityError) -> SessionSecret {
        let secret = SessionSecret()
        let id = secret.id
        _ = try await signOn.begin(username: username, password: password) {
            user, hash, time async throws(StoreError) in
            try await sessions.begin(id, of: user, provided: hash, at: time)
        }
        return secret
    }

    /// Whom a secret that came signs in, or why nobody.
    ///
    /// - Throws: ``IdentityError/store(_:)``: that signs nobody out.
    public func find(_ secret: SessionSecret) async throws(IdentityError) -> SessionLookup {
        let time = now
        return try await signOn.stored { () async throws(StoreError) in try await sessions.find(secret.id, at: time) }
    }

    /// Notes that a session was used. It is only for people to read, so a store that cannot do it just now signs nobody
    /// out.
    public func noteUse(of found: OwnedSession) async {
        try? await sessions.noteUse(of: found, at: now)
    }

    /// Ends one of a user's sessions. Another's, or one that is not there, is left alone without an error.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func end(_ session: SessionID, of user: UserID) async throws(IdentityError) {
        let time = now
        try await signOn.stored { () async throws(StoreError) in try await sessions.end(session, of: user, at: time) }
    }

    /// Adds one to the user's count, and ends all sessions of theirs that can be reached from here.
    ///
    /// - Throws: ``IdentityError/revoked`` if the session that asks is not good any more; ``IdentityError/store(_:)``.
    public func signOutEverywhere(_ found: OwnedSession) async throws(IdentityError) {
        let time = now
        let isDone = try await signOn.stored { () async throws(StoreError) in
            try await sessions.endAll(of: found, at: time)
        }
        guard isDone else { throw .revoked }
    }

    /// Changes the password and adds one to the count: this session goes on, all others that can be reached are out.
    ///
    /// - Parameter count: the count kept with the session.
    /// - Throws: as ``SignOn/changePassword(of:in:count:signedInAt:current:new:)``.
    public func changePassword(
        of user: UserID, in session: SessionID, count: Int, current: String, new: String
    ) async throws(IdentityError) {
        _ = try await signOn.replacePassword(of: user, current: current, new: new) {
            user, old, new, time async throws(StoreError) in
            try await sessions.changePassword(
                of: user, from: old, to: new, keeping: session, of: count, at: time) ? count : nil
        }
    }

    /// The user's good sessions, as far as they are known here, the last used first.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func devices(of user: UserID) async throws(IdentityError) -> [Session] {
        let time = now
        return try await signOn.stored { () async throws(StoreError) in
            try await sessions.sessions(of: user, at: time)
        }
    }
}
