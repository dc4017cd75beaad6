import Synchronization
import Testing

@testable import Identity

@Suite("Following a feed of revocations")
struct RevocationFollowerTests {
    /// A feed of ten entries a page, which can be lost.
    private final class MadeUpFeed: RevocationFeed {
        struct State {
            var entries: [Revocation] = []
            var isLost = false
            var hasChanged = true
            var losesNextPage = false
            var reads: [(after: Int, since: Int)] = []
        }
        let state = Mutex(State())

        func revoke(_ users: some Sequence<Int>) {
            state.withLock { state in
                state.entries += users.map { Revocation(user: UserID(rawValue: "\($0)"), scope: .below(count: 1)) }
                state.hasChanged = true
            }
        }

        func mayHaveChanged() async throws(StoreError) -> Bool {
            let (isLost, hasChanged) = state.withLock { state in
                defer { if !state.isLost { state.hasChanged = false } }
                return (state.isLost, state.hasChanged)
            }
            if isLost { throw .unavailable("lost") }
            return hasChanged
        }

        func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage {
            let page: RevocationPage? = state.withLock { state in
                if state.losesNextPage {
                    state.losesNextPage = false
                    return nil
                }
                state.reads.append((place, time))
                let end = min(state.entries.count, place + 10)
                return RevocationPage(
                    entries: Array(state.entries[place..<end]), next: end, hasMore: end - place == 10)
            }
            guard let page else { throw .unavailable("lost in between") }
            return page
        }
    }

    /// What the follower told: true where the feed was there again.
    private final class Notes: Sendable {
        let told = Mutex<[Bool]>([])
    }

    private func follower(_ feed: MadeUpFeed) -> RevocationFollower {
        RevocationFollower(feed, into: RevocationList(accessLife: 100, leeway: 5), leeway: 5) { 10_000 }
    }

    @Test("It reads page after page, what is live at first, and then all that is new")
    func pages() async throws {
        let feed = MadeUpFeed()
        feed.revoke(0..<25)
        let follower = follower(feed)
        #expect(follower.age == nil)
        try await follower.catchUp()
        #expect(follower.list.count == 25)
        #expect(try #require(follower.age) < .seconds(5))
        feed.revoke(25..<26)
        try await follower.catchUp()
        #expect(follower.list.count == 26)
        let reads = feed.state.withLock { $0.reads }
        #expect(reads.map(\.after) == [0, 10, 20, 25])
        // A life of 100 seconds, 5 for clocks, 10 for statements, and 120 for the clock that gives entries their times.
        #expect(reads.map(\.since) == [9_765, 9_765, 9_765, 0])
    }

    @Test("Nothing is read while nothing changes, unless somebody saw that the list is behind")
    func lookingAgain() async throws {
        let feed = MadeUpFeed()
        let follower = follower(feed)
        for _ in 0..<3 { try await follower.catchUp() }
        #expect(feed.state.withLock { $0.reads.count } == 1)
        follower.lookAgain()
        for _ in 0..<3 { try await follower.catchUp() }
        #expect(feed.state.withLock { $0.reads.count } == 2)
    }

    @Test("What was not read when the feed was lost is read when it is back, and the age tells of the time between")
    func losing() async throws {
        let feed = MadeUpFeed()
        let follower = follower(feed)
        feed.state.withLock { $0.isLost = true }
        await #expect(throws: StoreError.self) { try await follower.catchUp() }
        #expect(follower.age == nil)
        feed.state.withLock { $0.isLost = false }
        try await follower.catchUp()
        let before = try #require(follower.age)

        // The change is noticed, and then the page is lost.
        feed.revoke(0..<3)
        feed.state.withLock { $0.losesNextPage = true }
        await #expect(throws: StoreError.self) { try await follower.catchUp() }
        #expect(try #require(follower.age) > before)
        #expect(follower.list.count == 0)
        try await follower.catchUp()
        #expect(follower.list.count == 3)
    }

    @Test("It follows until it is cancelled, and tells once that the feed is lost, and once that it is there again")
    func running() async throws {
        let feed = MadeUpFeed()
        let follower = follower(feed)
        let notes = Notes()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await follower.run(pause: { _ in await Task.yield() }) { error in
                    notes.told.withLock { $0.append(error == nil) }
                }
            }
            feed.revoke(0..<3)
            while follower.list.count < 3 { await Task.yield() }
            feed.state.withLock { $0.isLost = true }
            while notes.told.withLock({ $0.isEmpty }) { await Task.yield() }
            feed.state.withLock { $0.isLost = false }
            while notes.told.withLock({ $0.count }) < 2 { await Task.yield() }
            group.cancelAll()
        }
        #expect(notes.told.withLock { $0 } == [false, true])
    }
}
