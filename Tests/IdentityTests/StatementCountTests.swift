import Holdings
import Testing

@testable import Identity

@Suite("A store tells the meter how many statements it ran")
struct StatementCountTests {
    /// Does `work`, and expects that it ran so many statements.
    private func expect(
        _ count: Int, _ location: SourceLocation = #_sourceLocation, _ work: () async throws -> Void
    ) async throws {
        let meter = StatementMeter()
        try await StatementMeter.$current.withValue(meter) { try await work() }
        #expect(meter.statements == count, sourceLocation: location)
    }

    private func expectOne(
        _ location: SourceLocation = #_sourceLocation, _ work: () async throws -> Void
    ) async throws {
        try await expect(1, location, work)
    }

    @Test("A check of a session and a reading of data are one statement each", arguments: StoreKind.allCases)
    func single(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            // Twice: a statement that is prepared for the first time counts no more than later.
            for _ in 0..<2 {
                try await expectOne { _ = try await store.useSession(anna.session, of: anna.id, at: 1) }
                try await expectOne { _ = try await store.session(anna.session) }
                try await expectOne { _ = try await store.accounts(of: anna.id) }
                try await expectOne { _ = try await store.plan(of: anna.id) }
                try await expectOne { _ = try await store.user(id: anna.id) }
                try await expectOne { _ = try await store.user(named: anna.user.name) }
                try await expectOne { _ = try await store.users(liveSince: 0) }
                try await expectOne { _ = try await store.events(AuditFilter(limit: 10)) }
                try await expectOne {
                    try await store.record(.signInFailed, of: anna.id, in: nil, detail: nil, at: 1)
                }
            }
        }
    }

    @Test("An exchange of a refresh token is one statement", arguments: StoreKind.allCases)
    func exchange(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            for (presented, next) in [("a", "b"), ("b", "c"), ("c", "d")] {
                try await expectOne {
                    let outcome = try await store.exchangeRefresh(anna.exchange(presented, next, at: 1))
                    #expect(outcome == .rotated(userName: anna.user.name))
                }
            }
        }
    }

    @Test(
        "A revocation is a transaction: the change, and its entries in feed and record", arguments: StoreKind.allCases)
    func revocations(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            // In SQLite a trigger writes the entry in the feed, and nobody is told.
            let all = kind == .sqlite ? 4 : 6
            for round in 0..<2 {
                try await expect(3) { try await store.endSession(randomSession(), of: anna.id, at: 1) }
                try await expect(all) { _ = try await store.advanceCount(of: anna.id) }
                try await expect(all) {
                    let count = try await store.advanceCount(of: anna.id, from: 2 * round + 1, in: anna.session)
                    #expect(count == 2 * round + 2)
                }
            }
            try await expect(all) { try await store.endSession(anna.session, of: anna.id, at: 1) }
        }
    }

    @Test("What finds nothing ran a statement too", arguments: StoreKind.allCases)
    func misses(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let nobody = UserID(rawValue: "nobody")
            try await expectOne { _ = try await store.useSession(randomSession(), of: nobody, at: 1) }
            try await expectOne { _ = try await store.accounts(of: nobody) }
            try await expectOne { _ = try await store.plan(of: nobody) }
            try await expectOne { _ = try await store.user(id: nobody) }
            try await expect(3) { _ = try await store.advanceCount(of: nobody) }
        }
    }

    @Test("Statements of several calls add up, and time with them", arguments: StoreKind.allCases)
    func sum(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let meter = StatementMeter()
            try await StatementMeter.$current.withValue(meter) {
                for _ in 0..<3 { _ = try await store.user(id: anna.id) }
            }
            #expect(meter.statements == 3)
            #expect(meter.duration > .zero)
        }
    }

    @Test("Who counts is told of their own statements alone", arguments: StoreKind.allCases)
    func separate(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let id = anna.id
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for calls in 1...8 {
                    group.addTask {
                        let meter = StatementMeter()
                        try await StatementMeter.$current.withValue(meter) {
                            for _ in 0..<calls {
                                _ = try await store.useSession(randomSession(), of: id, at: 1)
                                _ = try await store.user(id: id)
                            }
                        }
                        return meter.statements
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(counts.sorted() == (1...8).map { 2 * $0 })
        }
    }
}
