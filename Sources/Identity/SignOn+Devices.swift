/// A user's devices: each sign-in is a session, which can be ended from any other that is live.
extension SignOn {
    /// The user's live sessions, the last used first.
    ///
    /// - Parameters:
    ///   - asker: the session that asks.
    ///   - count: the user's count as the asker's token has it.
    /// - Throws: ``IdentityError/revoked`` if the asker's token is itself revoked: an access token that was stolen may
    ///   live a moment longer, but must not tell what came after it; ``IdentityError/store(_:)``.
    public func devices(
        of user: UserID, askedBy asker: SessionID, count: Int
    ) async throws(IdentityError) -> [Session] {
        let time = authority.now
        let sessions = (try await sessions(of: user)?.live(since: time - authority.terms.refreshLife) ?? [])
            .filter { $0.createdAt + authority.terms.sessionLife > time }
        guard sessions.contains(where: { $0.id == asker && $0.count == count }) else { throw .revoked }
        return sessions
    }

    /// Ends one of the user's live sessions: its refresh token is refused from then on. Another user's, or one that is
    /// not there, is left alone without an error: nobody learns whose it is.
    ///
    /// - Throws: ``IdentityError/revoked`` if the asker's token is itself revoked, so that a stolen one cannot sign its
    ///   owner out again and again; ``IdentityError/store(_:)``.
    public func endDevice(
        _ session: SessionID, of user: UserID, askedBy asker: SessionID, count: Int
    ) async throws(IdentityError) {
        let devices = try await devices(of: user, askedBy: asker, count: count)
        guard devices.contains(where: { $0.id == session }) else { return }
        let time = authority.now
        try await stored { () async throws(StoreError) in
            try await store.endSession(session, of: user, because: .otherDevice, at: time)
        }
    }

    /// All that the store knows of a user's sessions, ended ones too; nil if there is no such user.
    ///
    /// - Throws: ``IdentityError/store(_:)``.
    public func sessions(of user: UserID) async throws(IdentityError) -> UserSessions? {
        try await stored { () async throws(StoreError) in try await store.sessions(of: user) }
    }
}
