/// What every server learns revocations from: a table in the database with an entry for each, in an order.
///
/// A store writes the entry in the same transaction as whatever makes a count grow or ends a session, so a revocation
/// that was acknowledged is always in it. Entries are kept for ``keptFor`` seconds, which is longer than any access token
/// lives; older ones are removed as new ones come, a bounded number at a time.
///
/// A feed is read by one ``RevocationFollower``, through a connection that writes nothing and that nobody else waits for.
public protocol RevocationFeed: Sendable {
    /// Whether there may be entries that were not there at the last call. It may say yes for nothing, and says no only if
    /// it is sure; the first call says yes. It is asked fifty times a second, so it must cost next to nothing.
    ///
    /// - Throws: ``StoreError`` if it cannot be found out: then nobody knows what has been revoked since.
    func mayHaveChanged() async throws(StoreError) -> Bool

    /// The entries after a place in the table, the oldest first, at most so many as the feed likes to read at once.
    ///
    /// Where places are not given in the order in which transactions commit, an entry can appear before one that was read
    /// already. Such a feed gives a ``RevocationPage/next`` that lies so far back that nothing can appear before it any
    /// more, and the same entries come again: to hear of one twice changes nothing.
    ///
    /// - Parameters:
    ///   - place: ``RevocationPage/next`` of the page before; 0 at the beginning. A feed that finds another table than the
    ///     one it has read gives an empty page whose next is 0, and more to read: then it begins anew.
    ///   - time: entries that were written before, in whole seconds since 1970, may be left out.
    func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage
}

extension RevocationFeed {
    /// For how many seconds entries are kept: as long as an access token may live by any setting, which is a day, and two
    /// minutes for clocks that differ.
    public static var keptFor: Int { 86_400 + 120 }
}

/// Some entries of a feed.
public struct RevocationPage: Sendable {
    /// The entries.
    public let entries: [Revocation]
    /// From where to read on.
    public let next: Int
    /// Whether there may be more to read at once.
    public let hasMore: Bool

    /// A page as a store has read it.
    public init(entries: [Revocation], next: Int, hasMore: Bool) {
        self.entries = entries
        self.next = next
        self.hasMore = hasMore
    }
}
