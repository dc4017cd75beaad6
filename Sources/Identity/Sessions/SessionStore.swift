/// Where servers remember who is signed in, in the traditional way: each in its own memory (``LocalSessions``), or all
/// in the database (``SharedSessions``). Users, their passwords and counts stand in the database either way.
///
/// Times are whole seconds since 1970. Every call throws `StoreError/unavailable(_:)` when it needs the database and
/// cannot reach it in a bounded time.
public protocol SessionStore: Sendable {
    /// Begins a session, if the user still has the password that was checked.
    ///
    /// - Returns: the user's count; nil, and no session, if the password changed meanwhile.
    func begin(
        _ session: SessionID, of user: User, provided password: PasswordHash, at time: Int
    ) async throws(StoreError) -> Int?

    /// Looks for the session of an id. This is what each request of somebody who is signed in costs.
    func find(_ session: SessionID, at time: Int) async throws(StoreError) -> SessionLookup

    /// Notes when a session that was found is used, for people to read. It may be a minute late.
    func noteUse(of found: OwnedSession, at time: Int) async throws(StoreError)

    /// Ends a session of the user's. One that is not there, or another's, is left alone.
    func end(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError)

    /// Adds one to the user's count, and ends all their sessions that this store can reach.
    ///
    /// - Returns: false, and nothing is changed, if the session that asks is not good any more.
    func endAll(of found: OwnedSession, at time: Int) async throws(StoreError) -> Bool

    /// Replaces the password and adds one to the count; of the sessions that this store can reach, only the one that
    /// asks goes on.
    ///
    /// - Returns: false, and nothing is changed, if the password or the count is no longer what it was.
    func changePassword(
        of user: User, from old: PasswordHash, to new: PasswordHash, keeping session: SessionID, of count: Int,
        at time: Int
    ) async throws(StoreError) -> Bool

    /// The user's good sessions that this store can reach, the last used first.
    func sessions(of user: UserID, at time: Int) async throws(StoreError) -> [Session]
}

/// What the database offers beside what tokens need of it: a session's id alone leads to its user.
public protocol RememberingStore: IdentityStore {
    /// The session of that id, whose it is, and the user's count at this moment, in one statement that only reads; nil
    /// if there is none.
    func session(_ session: SessionID) async throws(StoreError) -> OwnedSession?

    /// Replaces a user's password and adds one to their count, so that all sessions in the database are out.
    ///
    /// - Returns: the new count, or nil, and nothing is changed, if the password is no longer `old` or the count no
    ///   longer `count`.
    func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, at time: Int
    ) async throws(StoreError) -> Int?
}
