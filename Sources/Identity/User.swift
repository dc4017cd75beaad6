/// A user's id: an opaque string of 22 characters, `sub` in tokens. It never changes and is never given again.
public struct UserID: RawRepresentable, Hashable, Sendable {
    /// The id as tokens and the database carry it.
    public let rawValue: String

    /// An id that is known already, from a token or the database.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// A sign-in session's id, one per device: an opaque string of 22 characters, `sid` in tokens; without tokens, of 43
/// (``SessionSecret/id``).
public struct SessionID: RawRepresentable, Hashable, Sendable {
    /// The id as tokens and the database carry it.
    public let rawValue: String

    /// An id that is known already, from a token or the database.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// A user as the store keeps them.
public struct User: Sendable, Equatable {
    /// The id, which stays.
    public let id: UserID
    /// The name that they sign in with.
    public let name: UserName
    /// The live version of their tokens: a refresh token with another count is dead. From 0 up; it only grows.
    public let count: Int
    /// When they registered, in whole seconds since 1970.
    public let createdAt: Int
    /// Where mails to them go; nil if they gave no address. Several users may have the same.
    public let email: EmailAddress?

    /// A user with all that is known of them.
    public init(id: UserID, name: UserName, count: Int, createdAt: Int, email: EmailAddress? = nil) {
        self.id = id
        self.name = name
        self.count = count
        self.createdAt = createdAt
        self.email = email
    }
}
