import Foundation
import GRDB
import Harness
import Holdings
import SQLiteStore
import Testing

@testable import Identity

/// What every store tells of revocations.
@Suite("A store's feed of revocations")
struct RevocationFeedTests {
    /// Everything that a feed has.
    private func all(_ feed: any RevocationFeed) async throws -> [Revocation] {
        try await feed.revocations(after: 0, since: 0).entries
    }

    private func feed(of store: any ClusterStore) throws -> any RevocationFeed {
        try #require(try store.revocationFeed(life: 1000))
    }

    @Test(
        "Whatever makes a count grow is in it, with the new count, when the call returns", arguments: StoreKind.allCases
    )
    func counts(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let feed = try feed(of: store)
            #expect(try await all(feed) == [])
            #expect(try await store.advanceCount(of: anna.id) == 1)
            #expect(try await store.advanceCount(of: anna.id, from: 1, in: anna.session) == 2)
            let (second, third, fourth) = (cheapHash("second"), cheapHash("third"), cheapHash("fourth"))
            #expect(
                try await store.changePassword(
                    of: anna.id, from: anna.password, to: second, count: 2, keeping: anna.session, at: 1) == 3)
            #expect(try await store.changePassword(of: anna.id, from: second, to: third, count: 3, at: 1) == 4)
            #expect(try await store.resetPassword(of: anna.id, to: fourth, count: 4, at: 1) == 5)
            #expect(
                try await all(feed) == (1...5).map { Revocation(user: anna.id, scope: .below(count: $0)) })
        }
    }

    @Test(
        "Whatever ends a session is in it once: a sign-out, and a refresh token that was used twice",
        arguments: StoreKind.allCases)
    func sessions(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let other = try await anna.anotherSession("other", in: store)
            let feed = try feed(of: store)
            try await store.endSession(other, of: anna.id, at: 5)
            try await store.endSession(other, of: anna.id, at: 6)
            func exchange(_ presented: String, _ next: String, at time: Int) async throws -> RefreshOutcome {
                try await store.exchangeRefresh(
                    RefreshExchange(
                        user: anna.id, session: anna.session, count: 0, presented: presented,
                        successor: RefreshStamp(hash: next, issuedAt: time, issuer: "bank"), time: time, grace: 0))
            }
            _ = try await exchange("first", "second", at: 10)
            _ = try await exchange("second", "third", at: 20)
            #expect(try await exchange("first", "second", at: 30) == .reused)
            #expect(
                try await all(feed) == [
                    Revocation(user: anna.id, scope: .session(other)),
                    Revocation(user: anna.id, scope: .session(anna.session)),
                ])
        }
    }

    @Test("What changed nothing is not in it", arguments: StoreKind.allCases)
    func nothing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            #expect(try await store.advanceCount(of: anna.id, from: 7, in: anna.session) == nil)
            #expect(try await store.resetPassword(of: anna.id, to: cheapHash(), count: 7, at: 1) == nil)
            try await store.endSession(SessionID(rawValue: "nobody's"), of: anna.id, at: 1)
            _ = try await store.useSession(anna.session, of: anna.id, at: 1)
            try await store.upgradePassword(of: anna.id, from: anna.password, to: cheapHash("other"))
            #expect(try await all(feed(of: store)) == [])
        }
    }

    @Test(
        "It says that something may have changed whenever something has, and is read on from where it was",
        arguments: StoreKind.allCases)
    func readingOn(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let feed = try feed(of: store)
            #expect(try await feed.mayHaveChanged())
            var place = 0
            for count in 1...3 {
                #expect(try await store.advanceCount(of: anna.id) == count)
                // PostgreSQL tells of it a moment later, and SQLite's file says so at once.
                switch kind {
                case .sqlite: #expect(try await feed.mayHaveChanged())
                case .postgresql:
                    try await waitUntil("it says that something has changed") { try await feed.mayHaveChanged() }
                }
                let page = try await feed.revocations(after: place, since: 0)
                #expect(page.entries.last == Revocation(user: anna.id, scope: .below(count: count)))
                #expect(!page.hasMore)
                place = page.next
            }
            #expect(try await feed.mayHaveChanged() == false)
        }
    }

    @Test("Of a hundred revocations at once, who follows meanwhile hears of every one", arguments: StoreKind.allCases)
    func nothingIsMissed(kind: StoreKind) async throws {
        try await kind.withStore { store in
            var members: [Member] = []
            for number in 0..<5 { members.append(try await Member("user\(number)", in: store)) }
            let list = RevocationList(accessLife: 900, leeway: 5)
            let follower = RevocationFollower(try feed(of: store), into: list, leeway: 5) { 0 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for member in members {
                    group.addTask { for _ in 0..<20 { _ = try await store.advanceCount(of: member.id) } }
                }
                for _ in 0..<20 { try await follower.catchUp() }
                try await group.waitForAll()
            }
            try await follower.catchUp()
            #expect(follower.heard == 100)
            #expect(list.count == 5)
        }
    }
}

/// For how many seconds any store keeps entries.
private let kept = NoFeed.keptFor

private struct NoFeed: RevocationFeed {
    func mayHaveChanged() async throws(StoreError) -> Bool { false }
    func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage {
        RevocationPage(entries: [], next: place, hasMore: false)
    }
}

@Suite("The SQLite file's table of revocations")
struct RevocationTableTests {
    @Test("Entries older than a day go as new ones come, and no others")
    func oldEntriesGo() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                for _ in 1...3 { _ = try await store.advanceCount(of: anna.id) }
                let queue = try DatabaseQueue(path: path)
                try await queue.write {
                    try $0.execute(
                        sql: "UPDATE revocations SET at = at - ? - 1 WHERE count = 1",
                        arguments: [kept])
                    try $0.execute(
                        sql: "UPDATE revocations SET at = at - ? + 60 WHERE count = 2",
                        arguments: [kept])
                }
                _ = try await store.advanceCount(of: anna.id)
                let left = try await queue.read {
                    try Int.fetchAll($0, sql: "SELECT count FROM revocations ORDER BY seq")
                }
                #expect(left == [2, 3, 4])
                // What is gone is not counted again.
                let last = try await queue.read { try Int.fetchOne($0, sql: "SELECT max(seq) FROM revocations") }
                #expect(last == 4)
            }
        }
    }

    @Test("A store that is closed leaves no log beside the file, whoever still holds its feed")
    func closing() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            let feed = try await withSQLiteStore(path) { store in
                _ = try await Member("anna", in: store)
                let feed = try #require(try store.revocationFeed(life: 1000))
                #expect(try await feed.mayHaveChanged())
                #expect(FileManager.default.fileExists(atPath: path + "-wal"))
                return feed
            }
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
            await #expect(throws: StoreError.self) { try await feed.mayHaveChanged() }
        }
    }

    @Test("A count that an operator raises by hand is told as well")
    func byHand() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                let queue = try DatabaseQueue(path: path)
                try await queue.write { try $0.execute(sql: "UPDATE users SET count = count + 2") }
                let feed = try #require(try store.revocationFeed(life: 1000))
                #expect(
                    try await feed.revocations(after: 0, since: 0).entries
                        == [Revocation(user: anna.id, scope: .below(count: 2))])
            }
        }
    }
}
