/// A server's memory of its sessions, and how it is kept small.
///
/// A user has ``maximumPerUser`` sessions at most; one more forgets the oldest. Those that have expired are dropped when
/// there are twice as many as were left the last time: so at most half of them are dead weight, and each sign-in pays a
/// constant share of the sweep.
struct SessionMemory {
    /// How many sessions one user may have; with one more, the oldest is forgotten.
    static let maximumPerUser = 50
    /// Below so many nothing is swept.
    static let fewSessions = 1024

    private var entries: [SessionID: OwnedSession] = [:]
    /// The ids of each user's sessions, the oldest first.
    private var idsByUser: [UserID: [SessionID]] = [:]
    private var sweepAt = SessionMemory.fewSessions

    /// How many sessions are in memory, good or not.
    var count: Int { entries.count }

    /// The session of that id, with the count that it began under.
    subscript(session: SessionID) -> OwnedSession? { entries[session] }

    /// The user's sessions, the oldest first.
    func sessions(of user: UserID) -> [Session] {
        (idsByUser[user] ?? []).compactMap { entries[$0]?.session }
    }

    /// Adds a session.
    ///
    /// - Parameter cutoff: sessions that began then or earlier have expired.
    mutating func add(_ new: OwnedSession, forgettingBegunBy cutoff: Int) {
        if entries.count >= sweepAt {
            for (id, entry) in entries where entry.session.createdAt <= cutoff { remove(id) }
            sweepAt = max(Self.fewSessions, 2 * entries.count)
        }
        if let ids = idsByUser[new.user], ids.count >= Self.maximumPerUser { remove(ids[0]) }
        entries[new.session.id] = new
        idsByUser[new.user, default: []].append(new.session.id)
    }

    /// Changes a session that is there.
    mutating func change(_ session: SessionID, _ change: (inout Session) -> Void) {
        guard let old = entries[session] else { return }
        var new = old.session
        change(&new)
        entries[session] = OwnedSession(user: old.user, userName: old.userName, userCount: new.count, session: new)
    }

    /// Forgets a session.
    mutating func remove(_ session: SessionID) {
        guard let user = entries.removeValue(forKey: session)?.user else { return }
        idsByUser[user]?.removeAll { $0 == session }
        if idsByUser[user]?.isEmpty == true { idsByUser[user] = nil }
    }

    /// Forgets all of a user's sessions but one.
    mutating func removeAll(of user: UserID, but kept: SessionID? = nil) {
        for session in idsByUser[user] ?? [] where session != kept { remove(session) }
    }
}
