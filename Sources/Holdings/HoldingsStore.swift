public import Identity

/// What keeps the customers' own data.
public protocol HoldingsStore: Sendable {
    /// The user's accounts, by name; none if there is no such user.
    ///
    /// - Throws: ``Identity/StoreError/unavailable(_:)`` when the database cannot be reached in a bounded time.
    func accounts(of user: UserID) async throws(StoreError) -> [Account]

    /// The user's plan, or nil.
    ///
    /// - Throws: as ``accounts(of:)``.
    func plan(of user: UserID) async throws(StoreError) -> Plan?
}

/// A database that keeps all of the cluster's data.
public protocol ClusterStore: RememberingStore, HoldingsStore, MailStore, AttemptStore {
    /// What servers learn revocations from, each time with a connection of its own; nil if this kind of database has none.
    ///
    /// - Parameter life: for how many seconds an entry matters: as long as an access token lives.
    /// - Throws: ``Identity/StoreError/unavailable(_:)`` when the database cannot be reached.
    func revocationFeed(life: Int) throws(StoreError) -> (any RevocationFeed)?

    /// Lets go of the database, after the calls that are under way.
    func close() async
}

extension ClusterStore {
    /// None, unless a store says otherwise.
    public func revocationFeed(life: Int) throws(StoreError) -> (any RevocationFeed)? { nil }
}
