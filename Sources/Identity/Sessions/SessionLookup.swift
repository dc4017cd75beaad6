/// A session with the user whose it is.
public struct OwnedSession: Sendable, Equatable {
    /// Whose it is.
    public let user: UserID
    /// The name that they sign in with.
    public let userName: UserName
    /// The user's count as the one who looked knows it: the database's now, or this server's when the session began.
    public let userCount: Int
    /// The session.
    public let session: Session

    /// A session as a store found it.
    public init(user: UserID, userName: UserName, userCount: Int, session: Session) {
        self.user = user
        self.userName = userName
        self.userCount = userCount
        self.session = session
    }
}

/// What became of looking for the session of an id that came.
public enum SessionLookup: Sendable, Equatable {
    /// It is there and good.
    case live(OwnedSession)
    /// It signs nobody in.
    case refused(SessionRefusal)
}

/// Why a session signs nobody in.
public enum SessionRefusal: Sendable, Equatable {
    /// There is no session of that id.
    case unknown
    /// It was ended: somebody signed out of it.
    case ended
    /// It began too long ago.
    case expired
    /// The user's count has grown since.
    case outdated(kept: Int, now: Int)
}

extension OwnedSession {
    /// Whether this signs its user in.
    ///
    /// - Parameter life: how many seconds a session lives from its beginning, however often it is used: as long as the
    ///   cookie that speaks for it.
    func judged(at time: Int, life: Int) -> SessionLookup {
        if session.endedAt != nil { return .refused(.ended) }
        if session.count != userCount { return .refused(.outdated(kept: session.count, now: userCount)) }
        return session.createdAt + life > time ? .live(self) : .refused(.expired)
    }
}
