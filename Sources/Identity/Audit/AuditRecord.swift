/// The record of what happened to users' sign-in. It is only ever added to.
///
/// Whatever a store changes about sessions, counts and passwords, it records by itself, in the same step: what is in
/// force is in the record. What changes nothing, such as a wrong password, is recorded by who noticed it.
public protocol AuditRecord: Sendable {
    /// Adds an event, from ``AuditOrigin/current``.
    ///
    /// - Parameter time: in whole seconds since 1970.
    func record(
        _ kind: AuditEvent.Kind, of user: UserID?, in session: SessionID?, detail: String?, at time: Int
    ) async throws(StoreError)

    /// The events that a filter lets pass, the oldest first, in one statement.
    func events(_ filter: AuditFilter) async throws(StoreError) -> [AuditEvent]
}

/// Which events to read: those for which all of it holds.
public struct AuditFilter: Sendable, Equatable {
    /// Of this user.
    public var user: UserID?
    /// Of one of these kinds; of any, if there is none.
    public var kinds: [AuditEvent.Kind] = []
    /// Not before this time, in whole seconds since 1970.
    public var since = 0
    /// Behind this one in the record, 0 for its beginning: then it is the oldest of them that are read.
    public var after: Int?
    /// So many, from 1 up: the newest, unless ``after`` is given.
    public var limit: Int

    /// The newest events of all kinds and users.
    public init(limit: Int) {
        self.limit = limit
    }
}
