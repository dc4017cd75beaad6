import GRDB
import Holdings
import SQLiteStore
import Testing

@testable import Identity

@Suite("A store records what happens to sign-ins")
struct AuditStoreTests {
    private let origin = AuditOrigin(server: "bank", address: "192.0.2.7", requestID: "request-1")

    private func events(_ store: any ClusterStore, after: Int = 0) async throws -> [AuditEvent] {
        var filter = AuditFilter(limit: 100)
        filter.after = after
        return try await store.events(filter)
    }

    @Test("Whatever changes who is signed in, it records by itself, in order", arguments: StoreKind.allCases)
    func recordsChanges(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await AuditOrigin.$current.withValue(origin) {
                let anna = try await Member("anna", in: store)
                let other = try await anna.anotherSession("second", in: store, at: 20)
                _ = try await store.advanceCount(of: anna.id, from: 0, in: other, at: 30)
                _ = try await store.advanceCount(of: anna.id, at: 40)
                _ = try await store.changePassword(
                    of: anna.id, from: anna.password, to: cheapHash("new"), count: 2, keeping: other, at: 50)
                try await store.endSession(other, of: anna.id, because: .otherDevice, at: 60)
                try await store.endSession(anna.session, of: anna.id, because: .signedOut, at: 70)
                let events = try await events(store)
                #expect(
                    events.map(\.kind) == [
                        .registered, .signedIn, .signedIn, .signedOutEverywhere, .revokedByOperator, .passwordChanged,
                        .deviceEnded, .signedOut,
                    ])
                #expect(events.map(\.time) == [Member.registeredAt, Member.registeredAt, 20, 30, 40, 50, 60, 70])
                #expect(
                    events.map(\.session)
                        == [nil, anna.session, other, other, nil, other, other, anna.session])
                #expect(events.allSatisfy { $0.user == anna.id && $0.userName == "anna" && $0.origin == origin })
                #expect(events.map(\.id) == events.map(\.id).sorted())
            }
        }
    }

    @Test("What changes nothing leaves no entry", arguments: StoreKind.allCases)
    func noChange(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            try await store.endSession(anna.session, of: anna.id, because: .signedOut, at: 1)
            let last = try #require(try await events(store).last).id
            try await store.endSession(anna.session, of: anna.id, because: .signedOut, at: 2)
            try await store.endSession(randomSession(), of: anna.id, because: .otherDevice, at: 2)
            _ = try await store.advanceCount(of: anna.id, from: 7, in: anna.session, at: 2)
            _ = try await store.advanceCount(of: UserID(rawValue: "nobody"), at: 2)
            _ = try await store.changePassword(
                of: anna.id, from: cheapHash("x"), to: cheapHash("y"), count: 0, keeping: anna.session, at: 2)
            _ = try await store.addUser(anna.user, password: anna.password)
            #expect(try await events(store, after: last).isEmpty)
        }
    }

    @Test("Reuse of a refresh token is recorded once, as what ended the session", arguments: StoreKind.allCases)
    func reuse(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let last = try #require(try await events(store).last).id
            _ = try await store.exchangeRefresh(anna.exchange("a", "b", at: 10))
            _ = try await store.exchangeRefresh(anna.exchange("b", "c", at: 11))
            #expect(try await store.exchangeRefresh(anna.exchange("a", "b", at: 12)) == .reused)
            #expect(try await store.exchangeRefresh(anna.exchange("a", "b", at: 13)) == .refused)
            let new = try await events(store, after: last)
            #expect(new.map(\.kind) == [.refreshReused])
            #expect(new.map(\.session) == [anna.session])
        }
    }

    @Test("Refusals of one session are recorded once a minute, others' as they come", arguments: StoreKind.allCases)
    func refusals(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let last = try #require(try await events(store).last).id
            let time = Member.registeredAt
            for seconds in [0, 1, 59, 60, 61, 130] {
                try await store.record(.refreshRefused, of: anna.id, in: anna.session, detail: nil, at: time + seconds)
            }
            try await store.record(.refreshRefused, of: anna.id, in: randomSession(), detail: nil, at: time + 1)
            try await store.record(.refreshRefused, of: UserID(rawValue: "gone"), in: anna.session, detail: nil, at: 1)
            #expect(try await events(store, after: last).map { $0.time - time } == [0, 60, 130, 1, 1 - time])
        }
    }

    @Test(
        "A refusal that a wrong clock put into the future hides none that come after it", arguments: StoreKind.allCases)
    func refusalInTheFuture(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let last = try #require(try await events(store).last).id
            for time in [9_000_000_000, 100, 200] {
                try await store.record(.refreshRefused, of: anna.id, in: anna.session, detail: nil, at: time)
            }
            #expect(try await events(store, after: last).map(\.time) == [9_000_000_000, 100, 200])
        }
    }

    @Test("A filter lets pass what it names, the newest so many, the oldest first", arguments: StoreKind.allCases)
    func filters(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            for time in 1...5 {
                try await store.record(.signInFailed, of: anna.id, in: nil, detail: "try \(time)", at: time)
            }
            func times(_ change: (inout AuditFilter) -> Void) async throws -> [Int] {
                var filter = AuditFilter(limit: 3)
                filter.kinds = [.signInFailed]
                change(&filter)
                return try await store.events(filter).map(\.time)
            }
            #expect(try await times { _ in } == [3, 4, 5])
            #expect(try await times { $0.since = 5 } == [5])
            #expect(try await times { $0.user = bert.id } == [])
            #expect(try await times { $0.kinds = [.registered, .signedIn] }.count == 3)
            let first = try #require(try await store.events(AuditFilter(limit: 100)).first).id
            // Who follows the record gets what comes next, not what is newest.
            #expect(try await times { $0.after = first } == [1, 2, 3])
            var all = AuditFilter(limit: 100)
            all.user = bert.id
            #expect(try await store.events(all).map(\.kind) == [.registered, .signedIn])
        }
    }

    @Test("Nobody changes or deletes an entry, not even with SQL")
    func appendOnly() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store in
                _ = try await Member("anna", in: store)
                let queue = try DatabaseQueue(path: folder + "/sso.sqlite")
                for sql in ["UPDATE audit SET at = 1", "DELETE FROM audit", "UPDATE audit SET user_id = NULL"] {
                    #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
                }
                #expect(try await events(store).count == 2)
            }
        }
    }
}

extension Member {
    /// The exchange of a refresh token of the first session, by hashes that a test makes up.
    func exchange(_ presented: String, _ next: String, at time: Int, count: Int = 0) -> RefreshExchange {
        RefreshExchange(
            user: id, session: session, count: count, presented: presented,
            successor: RefreshStamp(hash: next, issuedAt: time, issuer: "bank"), time: time, grace: 30)
    }
}
