/// One entry of the feed: what was taken back.
public struct Revocation: Sendable, Equatable {
    /// What is dead from now on.
    public enum Scope: Sendable, Equatable {
        /// The user's tokens of a lower count than this.
        case below(count: Int)
        /// The tokens of one session.
        case session(SessionID)
    }

    /// Whose tokens.
    public let user: UserID
    /// Which of them.
    public let scope: Scope

    /// An entry as a store has read it.
    public init(user: UserID, scope: Scope) {
        self.user = user
        self.scope = scope
    }
}
