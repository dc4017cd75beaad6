/// A user's devices: each sign-in is a session, which can be ended from any other.
extension SignOn {
    /// The user's sessions that are live, the last used first.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func devices(of user: UserID) async throws(IdentityError) -> [Session] {
        try await sessions(of: user)?.live(since: authority.now - authority.terms.refreshLife) ?? []
    }

    /// All that the store knows of a user's sessions, ended ones too; nil if there is no such user.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func sessions(of user: UserID) async throws(IdentityError) -> UserSessions? {
        try await stored { () async throws(StoreError) in try await store.sessions(of: user) }
    }

    /// Ends one of the user's sessions: its refresh token is refused from then on. Another's, or one that is not there,
    /// is left alone without an error: nobody learns whose it is.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func endDevice(_ session: SessionID, of user: UserID) async throws(IdentityError) {
        let time = authority.now
        try await stored { () async throws(StoreError) in try await store.endSession(session, of: user, at: time) }
    }
}
