import Synchronization

/// Follows a feed into a list: the one who writes there, as long as the server runs.
public final class RevocationFollower: Sendable {
    /// How often the feed is asked for news.
    public static let interval = Duration.milliseconds(20)
    /// By how many seconds the clock that gives entries their times, such as the database's, may be behind.
    private static let difference = 120

    /// What was heard.
    public let list: RevocationList
    private let feed: any RevocationFeed
    private let leeway: Int
    private let clock: @Sendable () -> Int
    private let start = ContinuousClock.now
    /// When the feed last said all that it knows, in nanoseconds after `start`; -1 if never.
    private let upToDateAt = Atomic<Int>(-1)
    /// Whether somebody saw that the list is behind.
    private let isBehind = Atomic<Bool>(true)
    /// The place up to which the table was read. Only who reads it touches this.
    private let place = Atomic<Int>(0)
    private let heardOf = Atomic<Int>(0)

    /// A follower that has read nothing yet.
    ///
    /// - Parameters:
    ///   - leeway: by how many seconds other servers' clocks may be ahead.
    ///   - clock: gives the time in whole seconds since 1970.
    public init(
        _ feed: any RevocationFeed, into list: RevocationList, leeway: Int, clock: @escaping @Sendable () -> Int
    ) {
        self.feed = feed
        self.list = list
        self.leeway = leeway
        self.clock = clock
    }

    /// How many entries were heard of, those that came twice counted twice.
    public var heard: Int { heardOf.load(ordering: .relaxed) }

    /// Whether the live entries have been read.
    public var hasRead: Bool { upToDateAt.load(ordering: .relaxed) >= 0 }

    /// For how long nothing was heard; nil if the live entries have never been read.
    public var age: Duration? {
        let time = upToDateAt.load(ordering: .relaxed)
        return time < 0 ? nil : ContinuousClock.now - start - .nanoseconds(time)
    }

    /// Somebody has seen a token that this server cannot have heard of: read again, whatever the feed says. This only
    /// leaves a note.
    public func lookAgain() {
        if !isBehind.load(ordering: .relaxed) { isBehind.store(true, ordering: .relaxed) }
    }

    /// Reads what is new, if anything may be. One call at a time.
    ///
    /// - Throws: ``StoreError`` if the feed is lost; what was not read is read the next time.
    public func catchUp() async throws(StoreError) {
        let begin = ContinuousClock.now
        if try await feed.mayHaveChanged() { isBehind.store(true, ordering: .relaxed) }
        while isBehind.exchange(false, ordering: .relaxed) {
            do throws(StoreError) {
                try await readToTheEnd()
            } catch {
                isBehind.store(true, ordering: .relaxed)
                throw error
            }
        }
        list.age()
        upToDateAt.store(Int((begin - start) / .nanoseconds(1)), ordering: .relaxed)
    }

    private func readToTheEnd() async throws(StoreError) {
        var isBeginning = age == nil
        while true {
            let time = clock()
            let place = place.load(ordering: .relaxed)
            isBeginning = isBeginning || place == 0
            // At the beginning, what is over is left out. What comes later is new, whatever time it was given.
            let page = try await feed.revocations(
                after: place, since: isBeginning ? time - list.life - Self.difference : 0)
            list.add(page.entries, at: time + leeway)
            heardOf.wrappingAdd(page.entries.count, ordering: .relaxed)
            self.place.store(page.next, ordering: .relaxed)
            if !page.hasMore { return }
        }
    }

    /// Follows the feed until the task is cancelled.
    ///
    /// - Parameters:
    ///   - pause: waits for so long.
    ///   - changed: is told when the feed is lost, and why; and nil when it is there again.
    public func run(
        pause: @Sendable (Duration) async throws -> Void, _ changed: @Sendable (StoreError?) -> Void
    ) async {
        var isLost = false
        while (try? await pause(Self.interval)) != nil, !Task.isCancelled {
            do throws(StoreError) {
                try await catchUp()
                if isLost { changed(nil) }
                isLost = false
            } catch {
                if !isLost { changed(error) }
                isLost = true
            }
        }
    }
}
