/// Sessions in the database: every server knows them, a restart forgets none, and each request costs a read.
public struct SharedSessions: SessionStore {
    private let store: any RememberingStore
    private let life: Int

    /// The last use is noted only when the one before is so many seconds ago: it would make a write of every read.
    static let useIsNotedEvery = 60

    /// Sessions in this database.
    ///
    /// - Parameter life: how many seconds a session lives.
    public init(store: any RememberingStore, life: Int) {
        self.store = store
        self.life = life
    }

    /// Begins a session in the database, and forgets the user's that nobody has used for a session's life.
    public func begin(
        _ session: SessionID, of user: User, provided password: PasswordHash, at time: Int
    ) async throws(StoreError) -> Int? {
        try await store.beginSession(
            session, of: user.id, provided: password, refresh: nil, at: time, forgettingUnusedSince: time - life)
    }

    /// Reads the session, its user's name and their count, in one statement, and compares the counts.
    public func find(_ session: SessionID, at time: Int) async throws(StoreError) -> SessionLookup {
        guard let found = try await store.session(session) else { return .refused(.unknown) }
        return found.judged(at: time, life: life)
    }

    /// Writes it down at most once a minute.
    public func noteUse(of found: OwnedSession, at time: Int) async throws(StoreError) {
        guard time - found.session.lastUsedAt >= Self.useIsNotedEvery else { return }
        _ = try await store.useSession(found.session.id, of: found.user, at: time)
    }

    /// Ends it for every server.
    public func end(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) {
        try await store.endSession(session, of: user, because: .signedOut, at: time)
    }

    /// Adds one to the count, which every server compares.
    public func endAll(of found: OwnedSession, at time: Int) async throws(StoreError) -> Bool {
        try await store.advanceCount(
            of: found.user, from: found.session.count, in: found.session.id, at: time) != nil
    }

    /// Replaces the password, and takes the session that asks along to the new count.
    public func changePassword(
        of user: User, from old: PasswordHash, to new: PasswordHash, keeping session: SessionID, of count: Int,
        at time: Int
    ) async throws(StoreError) -> Bool {
        try await store.changePassword(
            of: user.id, from: old, to: new, count: count, keeping: session, refresh: nil, at: time) != nil
    }

    /// The user's sessions at all servers.
    public func sessions(of user: UserID, at time: Int) async throws(StoreError) -> [Session] {
        guard let known = try await store.sessions(of: user) else { return [] }
        return known.live(since: time - life).filter { $0.createdAt + life > time }
    }
}
