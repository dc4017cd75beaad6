/// All sessions of a user, as the store keeps them.
public struct UserSessions: Sendable, Equatable {
    /// The user's count at this moment.
    public let count: Int
    /// The sessions, the last used first. Those that nobody used for a refresh token's life may be gone.
    public let sessions: [Session]

    /// What a store has read.
    public init(count: Int, sessions: [Session]) {
        self.count = count
        self.sessions = sessions
    }

    /// The sessions whose refresh tokens are good: of the user's count, not ended, and used after `cutoff`.
    public func live(since cutoff: Int) -> [Session] {
        sessions.filter { $0.count == count && $0.endedAt == nil && $0.lastUsedAt > cutoff }
    }
}

/// One sign-in on one device.
public struct Session: Sendable, Equatable {
    /// Its id, `sid` in tokens.
    public let id: SessionID
    /// The user's count when it began, or was last kept through a change of password.
    public internal(set) var count: Int
    /// When it began, in whole seconds since 1970.
    public let createdAt: Int
    /// When it was last used (with tokens, when its refresh token was), in whole seconds since 1970.
    public internal(set) var lastUsedAt: Int
    /// When it was ended, in whole seconds since 1970; nil if it was not.
    public let endedAt: Int?
    /// Why it was ended, if that is known.
    public let endReason: EndReason?

    /// A session with all that is known of it.
    public init(id: SessionID, count: Int, createdAt: Int, lastUsedAt: Int, endedAt: Int?, endReason: EndReason? = nil)
    {
        self.id = id
        self.count = count
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.endedAt = endedAt
        self.endReason = endReason
    }
}

/// Why a session was ended.
public enum EndReason: String, Sendable {
    /// Its user signed out of it.
    case signedOut = "sign_out"
    /// Its user ended it from another.
    case otherDevice = "other_device"
    /// A refresh token of its was used twice.
    case reuse
}
