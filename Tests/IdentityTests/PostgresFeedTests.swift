import Harness
import Testing

@testable import Identity
@testable import PostgresStore

@Suite("PostgreSQL's feed of revocations")
struct PostgresFeedTests {
    /// A feed that looks at the table so seldom that it has to be told.
    private func withPatientFeed(
        _ body: (PostgreSQL, _ url: String, PostgresStore, PostgresFeed) async throws -> Void
    ) async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url) { store in
                let feed = PostgresFeed(url: url, told: .seconds(3600), untold: .seconds(3600))
                #expect(try await feed.revocations(after: 0, since: 0).entries == [])
                try await body(try await PostgreSQL.shared, url, store, feed)
                await feed.close()
            }
        }
    }

    @Test("It is told of an entry, and until then nobody looks")
    func told() async throws {
        try await withPatientFeed { _, _, store, feed in
            let anna = try await Member("anna", in: store)
            #expect(try await feed.mayHaveChanged() == false)
            _ = try await store.advanceCount(of: anna.id)
            try await waitUntil("it is told") { try await feed.mayHaveChanged() }
            #expect(try await feed.mayHaveChanged() == false)
            try await store.endSession(anna.session, of: anna.id, at: 1)
            try await waitUntil("it is told again") { try await feed.mayHaveChanged() }
            #expect(try await feed.revocations(after: 0, since: 0).entries.count == 2)
        }
    }

    @Test("Where the engine cannot tell, revocations work as well, and the table is looked at by the clock")
    func untold() async throws {
        try await withPostgresDatabase { url in
            // As in engines that speak PostgreSQL's language and have no such function.
            try await PostgreSQL.shared.query("ALTER FUNCTION pg_catalog.pg_notify RENAME TO pg_notify_gone", at: url)
            try await withPostgresStore(url) { store in
                let feed = PostgresFeed(url: url, told: .seconds(3600), untold: .milliseconds(50))
                let anna = try await Member("anna", in: store)
                #expect(try await feed.revocations(after: 0, since: 0).entries == [])
                #expect(try await store.advanceCount(of: anna.id) == 1)
                try await waitUntil("it is time to look") { try await feed.mayHaveChanged() }
                let page = try await feed.revocations(after: 0, since: 0)
                #expect(page.entries == [Revocation(user: anna.id, scope: .below(count: 1))])
                await feed.close()
            }
        }
    }

    /// Anna's entry, behind one that has its number and commits only when it is told to.
    private func withLateEntry(
        in store: PostgresStore, at url: String,
        _ body: (_ annas: Revocation, _ commit: () async throws -> Void) async throws -> Void
    ) async throws {
        let server = try await PostgreSQL.shared
        let holder = try await server.hold("SELECT pg_advisory_lock(1)", at: url)
        async let late = server.query(
            """
            BEGIN; INSERT INTO revocations (user_id, count, at) VALUES ('late', 1, 2000000000);
            SELECT pg_advisory_lock(1); COMMIT
            """, at: url)
        try await waitUntil("it has its number") { try await server.waiting(at: url) == 1 }
        let anna = try await Member("anna", in: store)
        _ = try await store.advanceCount(of: anna.id)
        try await body(Revocation(user: anna.id, scope: .below(count: 1))) {
            try await holder.release()
            try await waitUntil("it has committed") {
                try await server.query("SELECT count(*) FROM revocations WHERE user_id = 'late'", at: url) == [["1"]]
            }
        }
        _ = try await late
    }

    private let late = Revocation(user: UserID(rawValue: "late"), scope: .below(count: 1))

    @Test("An entry that comes into sight after one with a larger number is read too")
    func outOfOrder() async throws {
        try await withPatientFeed { _, url, store, feed in
            try await withLateEntry(in: store, at: url) { annas, commit in
                let page = try await feed.revocations(after: 0, since: 0)
                #expect(page.entries == [annas])
                #expect(try await feed.revocations(after: page.next, since: 0).entries == [])
                try await commit()
                let next = try await feed.revocations(after: page.next, since: 0)
                #expect(next.entries == [late])
                #expect(next.next == page.next)
                #expect(try await feed.revocations(after: next.next, since: 0).entries == [])
            }
        }
    }

    @Test("It is read as well by a feed that was cut off until long after")
    func outOfOrderAfterACut() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url) { store in
                // At the next look, whatever was passed over is out of its time.
                let feed = PostgresFeed(url: url, patience: .zero)
                try await withLateEntry(in: store, at: url) { annas, commit in
                    let page = try await feed.revocations(after: 0, since: 0)
                    #expect(page.entries == [annas])
                    try await commit()
                    #expect(try await feed.revocations(after: page.next, since: 0).entries == [late])
                }
                await feed.close()
            }
        }
    }

    @Test(
        "Where numbers fall back, as when a standby takes over that lacks the newest entries, it begins anew",
        arguments: [1, 2, 5])
    func fallenBack(revocations: Int) async throws {
        try await withPatientFeed { server, url, store, feed in
            let anna = try await Member("anna", in: store)
            let bob = try await Member("bob", in: store)
            for _ in 0..<3 { _ = try await store.advanceCount(of: anna.id) }
            let list = RevocationList(accessLife: 900, leeway: 5)
            let follower = RevocationFollower(feed, into: list, leeway: 5) { 0 }
            try await follower.catchUp()
            #expect(follower.heard == 3)
            // The second and the third are gone, and their numbers are given again: fewer, as many, or more of them.
            try await server.query(
                "DELETE FROM revocations WHERE seq > 1; ALTER SEQUENCE revocations_seq_seq RESTART WITH 2", at: url)
            for _ in 0..<revocations { _ = try await store.advanceCount(of: bob.id) }
            try await waitUntil("it is told") { try await feed.mayHaveChanged() }
            follower.lookAgain()
            try await follower.catchUp()
            #expect(list.count == 2)
            #expect(follower.heard == 3 + 1 + revocations)
        }
    }

    @Test("After its connection was broken, it looks at once, and reads on from where it was")
    func broken() async throws {
        try await withPatientFeed { server, url, store, feed in
            let anna = try await Member("anna", in: store)
            _ = try await store.advanceCount(of: anna.id)
            let page = try await feed.revocations(after: 0, since: 0)
            let breaking =
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE '%FROM revocations%'"
            try await server.query("\(breaking) AND pid <> pg_backend_pid() AND datname = current_database()", at: url)
            // Nobody could be told of this.
            _ = try await store.advanceCount(of: anna.id)
            try await waitUntil("it has noticed") { try await feed.mayHaveChanged() }
            let next = try await feed.revocations(after: page.next, since: 0)
            #expect(next.entries == [Revocation(user: anna.id, scope: .below(count: 2))])
            // And it is told on the new connection as on the old one.
            #expect(try await feed.mayHaveChanged() == false)
            _ = try await store.advanceCount(of: anna.id)
            try await waitUntil("it is told") { try await feed.mayHaveChanged() }
        }
    }
}
