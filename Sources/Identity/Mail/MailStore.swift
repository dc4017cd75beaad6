/// What the database offers for mails: a queue that all servers share and that survives them, and what a reset by mail
/// needs.
///
/// A mail waits as what it is about, not as its text: a link that sets a password would otherwise lie in the database,
/// readable, until it is sent and in every copy from that time. Times are whole seconds since 1970. Every call throws
/// `StoreError/unavailable(_:)` when the database cannot be reached in a bounded time.
public protocol MailStore: Sendable {
    /// Queues a mail with a reset link for the user of that name, if there is one, they have an address, and the last
    /// such mail was queued at least `pause` seconds ago.
    ///
    /// - Parameter origin: where the server that was asked can be reached, by its settings: the link leads there.
    /// - Returns: whether it was queued.
    @discardableResult
    func queueResetMail(
        for name: UserName, linkTo origin: String, at time: Int, pause: Int
    ) async throws(StoreError) -> Bool

    /// Gives a user another password and adds one to their count, so that no session goes on and no reset token of
    /// that count works again.
    ///
    /// - Returns: the new count, or nil, and nothing is changed, if the count is no longer `count`.
    func resetPassword(
        of user: UserID, to new: PasswordHash, count: Int, at time: Int
    ) async throws(StoreError) -> Int?

    /// Takes the mail whose turn it is: until `lease` nobody else gets it, and if it is neither removed nor postponed
    /// by then, because its taker has died, it is taken again.
    ///
    /// - Returns: nil if none is due.
    func takeMail(at time: Int, until lease: Int) async throws(StoreError) -> QueuedMail?

    /// Removes a mail that was sent or given up. Nothing happens if somebody else has taken it since.
    func removeMail(_ mail: QueuedMail) async throws(StoreError)

    /// Puts a mail back into the queue, to be taken at `time`. Nothing happens if somebody else has taken it since.
    func postponeMail(_ mail: QueuedMail, until time: Int) async throws(StoreError)
}

/// What a mail is about.
public enum MailKind: String, Sendable, CaseIterable {
    /// Somebody asked to reset the user's password: it carries the link.
    case passwordReset = "password_reset"
    /// The user's password was changed, in whichever way.
    case passwordChanged = "password_changed"
    /// A refresh token of the user's was used twice, and its session was ended: somebody may have a copy of it.
    case refreshReused = "refresh_reused"
}

/// A mail that was taken from the queue.
public struct QueuedMail: Sendable, Equatable {
    /// Its id: random, and the same at each attempt.
    public let id: String
    /// What it is about.
    public let kind: MailKind
    /// Where it goes: the user's address when it was queued.
    public let recipient: EmailAddress
    /// The user.
    public let user: UserID
    /// The user's name.
    public let userName: UserName
    /// The user's count when it was queued.
    public let count: Int
    /// The user's count when it was taken.
    public let userCount: Int
    /// Where its link leads; nil for where its sender can be reached.
    public let origin: String?
    /// When it was queued.
    public let createdAt: Int
    /// Which attempt this is, from 1 up.
    public let attempt: Int

    /// A mail with all that is known of it.
    public init(
        id: String, kind: MailKind, recipient: EmailAddress, user: UserID, userName: UserName, count: Int,
        userCount: Int, origin: String?, createdAt: Int, attempt: Int
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.user = user
        self.userName = userName
        self.count = count
        self.userCount = userCount
        self.origin = origin
        self.createdAt = createdAt
        self.attempt = attempt
    }
}
