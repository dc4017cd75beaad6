/// What keeps users and sessions. Every call is one atomic step: all of it is done and durable when the call returns,
/// or none of it.
///
/// A store makes no decision about who may do what; it compares what it is told to compare, in the same step in which
/// it changes something, so that of two racing calls each sees the other whole or not at all.
///
/// Every call throws ``StoreError/unavailable(_:)`` when the database cannot be reached in a bounded time.
/// Times are whole seconds since 1970.
public protocol IdentityStore: AuditRecord {
    /// Adds a user, with all that a new customer begins with.
    ///
    /// - Returns: false, and nothing is added, if somebody has that name.
    func addUser(_ user: User, password: PasswordHash) async throws(StoreError) -> Bool

    /// The user of that name and their password's hash, or nil.
    func user(named name: UserName) async throws(StoreError) -> (user: User, password: PasswordHash)?

    /// The user of that id and their password's hash, or nil.
    func user(id: UserID) async throws(StoreError) -> (user: User, password: PasswordHash)?

    /// Begins a session, if the user still has the password that was checked: it may have changed meanwhile.
    ///
    /// - Parameters:
    ///   - stamp: what it remembers of its first refresh token; nil if it has none.
    ///   - cutoff: the user's sessions that were not used since then are forgotten: their refresh tokens have expired.
    /// - Returns: the user's count, which the session's tokens carry; nil, and no session, if the password changed.
    func beginSession(
        _ session: SessionID, of user: UserID, provided password: PasswordHash, refresh stamp: RefreshStamp?,
        at time: Int, forgettingUnusedSince cutoff: Int
    ) async throws(StoreError) -> Int?

    /// Notes that a session was used, and tells how things stand with it, in one statement. What the session remembers of
    /// refresh tokens is forgotten.
    ///
    /// - Returns: nil if this user has no such session.
    func useSession(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) -> SessionState?

    /// Puts the next refresh token in the place of the one that came, if that is the session's current one, its count
    /// is the user's and the session has not ended: compare and set, in one statement. Otherwise it finds out how things
    /// stand, and ends the session if the token was used before.
    func exchangeRefresh(_ exchange: RefreshExchange) async throws(StoreError) -> RefreshOutcome

    /// The user's count and all their sessions, the last used first, in one statement; nil if there is no such user.
    func sessions(of user: UserID) async throws(StoreError) -> UserSessions?

    /// Ends one session. Ending it again changes nothing.
    func endSession(
        _ session: SessionID, of user: UserID, because reason: EndReason, at time: Int
    ) async throws(StoreError)

    /// Adds one to a user's count: every older refresh token of theirs is dead from then on.
    ///
    /// - Returns: the new count, or nil if there is no such user.
    func advanceCount(of user: UserID, at time: Int) async throws(StoreError) -> Int?

    /// Adds one to a user's count, if it is `count` and the session has not ended: for who asks with a token, which
    /// may have been revoked meanwhile.
    ///
    /// - Returns: the new count, or nil, and nothing is changed, if either does not hold.
    func advanceCount(
        of user: UserID, from count: Int, in session: SessionID, at time: Int
    ) async throws(StoreError) -> Int?

    /// Replaces a user's password and adds one to their count, so that all sessions but `session` are out; that one
    /// goes on under the new count.
    ///
    /// - Parameter stamp: what it remembers of its next refresh token; nil if it has none.
    /// - Returns: the new count, or nil, and nothing is changed, if the password is no longer `old`, the count no longer
    ///   `count`, or the session has ended.
    func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, keeping session: SessionID,
        refresh stamp: RefreshStamp?, at time: Int
    ) async throws(StoreError) -> Int?

    /// Replaces the hash of an unchanged password by a costlier one. Nothing happens if it is no longer `old`.
    func upgradePassword(of user: UserID, from old: PasswordHash, to new: PasswordHash) async throws(StoreError)

    /// All users, by name, each with the number of their live sessions: of the user's count, not ended, and used after
    /// `cutoff`.
    func users(liveSince cutoff: Int) async throws(StoreError) -> [(user: User, liveSessions: Int)]

    /// Returns if the store can read and write.
    func checkReadiness() async throws(StoreError)
}

/// How things stand with a session.
public struct SessionState: Sendable, Equatable {
    /// The name of the user whose it is.
    public let userName: UserName
    /// The user's count at this moment.
    public let count: Int
    /// Whether the session has ended.
    public let hasEnded: Bool

    /// A state as the store read it.
    public init(userName: UserName, count: Int, hasEnded: Bool) {
        self.userName = userName
        self.count = count
        self.hasEnded = hasEnded
    }
}
