import Synchronization

/// Sessions in this server's own memory: they cost no read, no other server knows them, and a restart forgets all.
///
/// The count is not compared, as that would be a read: what another server does to it is not noticed here. What this
/// one does, it does to its own sessions at once.
///
/// Memory is bounded: ``SessionMemory`` says how.
public final class LocalSessions: SessionStore {
    /// Taken for moments only: nothing is waited for while it is held.
    private let memory = Mutex(SessionMemory())
    private let store: any RememberingStore
    private let life: Int

    /// An empty memory.
    ///
    /// - Parameters:
    ///   - store: where the users are, their passwords and counts.
    ///   - life: how many seconds a session lives.
    public init(store: any RememberingStore, life: Int) {
        self.store = store
        self.life = life
    }

    /// Begins a session, then looks once more whether the password is still the user's. In this order, whoever changes
    /// it at this server either ends the session, or was seen.
    public func begin(
        _ session: SessionID, of user: User, provided password: PasswordHash, at time: Int
    ) async throws(StoreError) -> Int? {
        let new = OwnedSession(
            user: user.id, userName: user.name, userCount: user.count,
            session: Session(id: session, count: user.count, createdAt: time, lastUsedAt: time, endedAt: nil))
        memory.withLock { $0.add(new, forgettingBegunBy: time - life) }
        let known: (user: User, password: PasswordHash)?
        do {
            known = try await store.user(id: user.id)
        } catch {
            memory.withLock { $0.remove(session) }
            throw error
        }
        guard let known, known.password == password else {
            memory.withLock { $0.remove(session) }
            return nil
        }
        memory.withLock { $0.change(session) { $0.count = known.user.count } }
        return known.user.count
    }

    /// Looks into memory.
    public func find(_ session: SessionID, at time: Int) async throws(StoreError) -> SessionLookup {
        guard let found = memory.withLock({ $0[session] }) else { return .refused(.unknown) }
        return found.judged(at: time, life: life)
    }

    /// Notes it in memory.
    public func noteUse(of found: OwnedSession, at time: Int) async throws(StoreError) {
        memory.withLock { $0.change(found.session.id) { $0.lastUsedAt = max($0.lastUsedAt, time) } }
    }

    /// Forgets the session.
    public func end(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) {
        memory.withLock { memory in
            if memory[session]?.user == user { memory.remove(session) }
        }
    }

    /// Adds one to the count in the database, and forgets the user's sessions here: all that this server can do.
    public func endAll(of found: OwnedSession, at time: Int) async throws(StoreError) -> Bool {
        guard memory.withLock({ $0[found.session.id] != nil }) else { return false }
        guard try await store.advanceCount(of: found.user, at: time) != nil else { return false }
        memory.withLock { $0.removeAll(of: found.user) }
        return true
    }

    /// Replaces the password in the database, and forgets the user's other sessions here.
    public func changePassword(
        of user: User, from old: PasswordHash, to new: PasswordHash, keeping session: SessionID, of count: Int,
        at time: Int
    ) async throws(StoreError) -> Bool {
        guard memory.withLock({ $0[session] != nil }) else { return false }
        // The count that was just read, not the session's, which may be older: see above.
        let newCount = try await store.changePassword(of: user.id, from: old, to: new, count: user.count, at: time)
        guard let newCount else { return false }
        memory.withLock { memory in
            memory.removeAll(of: user.id, but: session)
            memory.change(session) { $0.count = newCount }
        }
        return true
    }

    /// The user's sessions at this server.
    public func sessions(of user: UserID, at time: Int) async throws(StoreError) -> [Session] {
        memory.withLock { $0.sessions(of: user) }
            .filter { $0.createdAt + life > time }
            .sorted { ($0.lastUsedAt, $0.createdAt) > ($1.lastUsedAt, $1.createdAt) }
    }
}
