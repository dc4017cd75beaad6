import Foundation
import Harness
import Holdings
import PostgresStore
import Testing

@testable import Identity

@Suite("PostgreSQL behind the stores' protocol")
struct PostgresStoreTests {
    /// Expects `unavailable`, in a bounded time.
    private func expectUnavailable(
        within seconds: Double = 6.5, _ location: SourceLocation = #_sourceLocation, _ call: () async throws -> Void
    ) async {
        let start = ContinuousClock.now
        do {
            try await call()
            Issue.record("it was done", sourceLocation: location)
        } catch StoreError.unavailable {
        } catch {
            Issue.record("\(error)", sourceLocation: location)
        }
        #expect(ContinuousClock.now - start < .seconds(seconds), sourceLocation: location)
    }

    @Test("One connection is enough for everything at once")
    func poolOfOne() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url, connections: 1) { store in
                let anna = try await Member("anna", in: store)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<30 {
                        group.addTask { _ = try await store.user(id: anna.id) }
                        group.addTask { _ = try await store.useSession(anna.session, of: anna.id, at: index) }
                        group.addTask { _ = try await store.exchangeRefresh(anna.exchange("a", "b", at: index)) }
                        group.addTask { _ = try await Member("user\(index)", in: store) }
                        group.addTask { _ = try await store.takeMail(at: 1, until: 2) }
                        group.addTask {
                            try await store.changeTimes(under: [AttemptKey("a"), AttemptKey("b")], at: 0) { times in
                                times = [AttemptKey("b"): index + 1]
                            }
                        }
                        group.addTask { _ = try await store.events(AuditFilter(limit: 10)) }
                        group.addTask { try await store.checkReadiness() }
                    }
                    try await group.waitForAll()
                }
                #expect(try await store.users(liveSince: 0).count == 31)
            }
        }
    }

    @Test("What cannot be brought into an order is done once more: serialization failures, for real")
    func serializationFailures() async throws {
        try await withPostgresDatabase { url in
            let server = try await PostgreSQL.shared
            let serializable = url + "?options=-c%20default_transaction_isolation%3Dserializable"
            try await withPostgresStore(serializable, connections: 5) { store in
                let anna = try await Member("anna", in: store)
                let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
                    for _ in 0..<40 { group.addTask { try await store.advanceCount(of: anna.id) } }
                    return try await group.reduce(into: []) { $0.append($1 ?? -1) }
                }
                #expect(counts.sorted() == Array(1...40))
            }
            // Or this would have shown nothing. Figures come a little late.
            try await waitUntil("transactions were undone") {
                let undone = try await server.query(
                    "SELECT xact_rollback > 0 FROM pg_stat_database WHERE datname = current_database()", at: url)
                return undone == [["t"]]
            }
        }
    }

    @Test("Ten at once on an empty database make the tables once", arguments: 1...3)
    func startTogether(round: Int) async throws {
        try await withPostgresDatabase { url in
            let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await withCheckedThrowingContinuation { continuation in
                            Thread.detachNewThread {
                                continuation.resume(with: Result { try PostgresStore(url: url, connections: 1) })
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            _ = try await Member("anna", in: stores[0])
            for store in stores {
                #expect(try await store.users(liveSince: 0).count == 1)
                await store.close()
            }
            #expect(try await PostgreSQL.shared.query("SELECT version FROM schema_version", at: url) == [["1"]])
        }
    }

    @Test("A database of a newer version is refused, and one that is not there")
    func refusedAtStart() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url) { _ in }
            try await PostgreSQL.shared.query("INSERT INTO schema_version (version) VALUES (99)", at: url)
            #expect(throws: StoreError.self) { try PostgresStore(url: url, connections: 1) }
            #expect(throws: StoreError.self) { try PostgresStore(url: url + "_not", connections: 1) }
            #expect(throws: StoreError.self) {
                try PostgresStore(url: "postgresql://sso@127.0.0.1:1/sso", connections: 1)
            }
        }
    }

    @Test("A lock that nobody lets go of costs each caller a bounded time, and changes nothing")
    func locked() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url, connections: 2) { store in
                let anna = try await Member("anna", in: store)
                let holder = try await PostgreSQL.shared.hold("SELECT 1 FROM users FOR UPDATE", at: url)
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask { await expectUnavailable { _ = try await store.advanceCount(of: anna.id) } }
                        group.addTask {
                            await expectUnavailable {
                                _ = try await store.exchangeRefresh(anna.exchange("a", "b", at: 1))
                            }
                        }
                    }
                }
                try await holder.release()
                #expect(try await store.advanceCount(of: anna.id) == 1)
            }
        }
    }

    @Test("A server that says nothing any more costs each caller a bounded time")
    func silent() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url, connections: 1) { store in
                let anna = try await Member("anna", in: store)
                let rows = try await PostgreSQL.shared.query(
                    """
                    SELECT pid FROM pg_stat_activity
                    WHERE application_name = 'sso' AND datname = current_database()
                    """, at: url)
                let backend = try #require(rows.first?.first.flatMap { pid_t($0) })
                kill(backend, SIGSTOP)
                await expectUnavailable { _ = try await store.user(id: anna.id) }
                kill(backend, SIGCONT)
                #expect(try await store.advanceCount(of: anna.id) == 1)
            }
        }
    }

    @Test("A transaction whose connection breaks before its COMMIT is done again, and once")
    func brokenInside() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url, connections: 1) { store in
                let server = try await PostgreSQL.shared
                let anna = try await Member("anna", in: store)
                let holder = try await server.hold("SELECT 1 FROM users FOR UPDATE", at: url)
                async let count = store.advanceCount(of: anna.id)
                try await waitUntil("it waits") { try await server.waiting(at: url) == 1 }
                try await server.query(Self.cutOff, at: url)
                try await holder.release()
                #expect(try await count == 1)
            }
        }
    }

    @Test("A statement that may have taken effect when its connection broke is not made again")
    func brokenAlone() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url, connections: 1) { store in
                let server = try await PostgreSQL.shared
                let anna = try await Member("anna", in: store)
                let holder = try await server.hold("SELECT 1 FROM users FOR UPDATE", at: url)
                async let refused: Void = expectUnavailable {
                    _ = try await store.exchangeRefresh(anna.exchange("a", "b", at: 1))
                }
                try await waitUntil("it waits") { try await server.waiting(at: url) == 1 }
                try await server.query(Self.cutOff, at: url)
                // Made again, it would succeed now.
                try await holder.release()
                await refused
                #expect(
                    try await store.exchangeRefresh(anna.exchange("a", "b", at: 1))
                        == .rotated(userName: anna.user.name))
            }
        }
    }

    @Test("A mail of a kind that this version does not know waits; one that nobody can read is removed; others go on")
    func unreadableMail() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url) { store in
                let server = try await PostgreSQL.shared
                _ = try await Member("anna", in: store)
                for (id, kind, recipient, time) in [
                    ("a", "of tomorrow", "a@b", 0), ("b", "password_reset", "no address", 1),
                    ("c", "password_reset", "a@b", 2),
                ] {
                    try await server.query(
                        """
                        INSERT INTO mails (id, kind, user_id, recipient, count, created_at, next_attempt_at)
                        SELECT '\(id)', '\(kind)', id, '\(recipient)', 0, 0, \(time) FROM users
                        """, at: url)
                }
                await #expect(throws: StoreError.failed("the queued mail b was malformed, and is removed")) {
                    try await store.takeMail(at: 10, until: 20)
                }
                #expect(try await store.takeMail(at: 10, until: 20)?.id == "c")
                #expect(try await store.takeMail(at: 10, until: 20) == nil)
                #expect(try await server.query("SELECT id FROM mails WHERE attempts = 0", at: url) == [["a"]])
            }
        }
    }

    private static let cutOff = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'sso' AND datname = current_database()
        """
}
