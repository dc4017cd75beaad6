/// How a refresh token is exchanged.
public enum RefreshRule: Sendable, Equatable {
    /// Each exchange gives the session its next refresh token, and the one before is over (RFC 9700 section 4.14.2).
    ///
    /// A token that was copied is thus used twice: by the thief and by the owner, whoever comes first. The second use
    /// shows it, and ends the session. Only the immediate predecessor may come again within `grace` seconds, for an
    /// answer that was lost and for browser tabs that ask at once; it gives that same next token, never another. So a
    /// thief who comes within the grace has the owner's own token, and the next exchange but one tells on one of them.
    case rotation(grace: Int)

    /// The plain way, for learning: a refresh token is good as often as it comes, until it expires, its session ends or
    /// the user's count grows. A thief who is quiet is not noticed.
    case count
}
