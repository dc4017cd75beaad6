import Holdings
import Testing

@testable import Identity

@Suite("A store advances counts")
struct CountStoreTests {
    @Test("Of two users, one's count grows and the other's does not", arguments: StoreKind.allCases)
    func oneUser(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            #expect(try await store.advanceCount(of: anna.id) == 1)
            #expect(try await store.advanceCount(of: anna.id) == 2)
            #expect(try await store.advanceCount(of: anna.id, from: 2, in: anna.session) == 3)
            #expect(try await anna.count(in: store) == 3)
            #expect(try await bert.count(in: store) == 0)
            #expect(try await store.useSession(bert.session, of: bert.id, at: 1)?.count == 0)
        }
    }

    @Test("A user who is not there has no count", arguments: StoreKind.allCases)
    func unknownUser(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let nobody = UserID(rawValue: "nobody")
            #expect(try await store.advanceCount(of: nobody) == nil)
            #expect(try await store.advanceCount(of: nobody, from: 0, in: anna.session) == nil)
            #expect(try await anna.count(in: store) == 0)
        }
    }

    @Test("A count that is not the one expected does not grow", arguments: StoreKind.allCases, [-1, 0, 2, 3])
    func otherCount(kind: StoreKind, expected: Int) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            _ = try await store.advanceCount(of: anna.id)
            #expect(try await store.advanceCount(of: anna.id, from: expected, in: anna.session) == nil)
            #expect(try await anna.count(in: store) == 1)
            #expect(try await store.advanceCount(of: anna.id, from: 1, in: anna.session) == 2)
        }
    }

    @Test("For a session that ended, is unknown or another's, no count grows", arguments: StoreKind.allCases)
    func otherSession(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let bert = try await Member("bert", in: store)
            let ended = try await anna.anotherSession("ended", in: store)
            try await store.endSession(ended, of: anna.id, at: 1)
            for session in [ended, bert.session, randomSession(), SessionID(rawValue: "")] {
                #expect(try await store.advanceCount(of: anna.id, from: 0, in: session) == nil)
            }
            #expect(try await anna.count(in: store) == 0)
            #expect(try await bert.count(in: store) == 0)
            #expect(try await store.advanceCount(of: anna.id, from: 0, in: anna.session) == 1)
        }
    }

    @Test("Fifty at once lose nothing, and each sees another count", arguments: StoreKind.allCases)
    func concurrently(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let id = anna.id
            let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<50 { group.addTask { try await store.advanceCount(of: id) } }
                return try await group.reduce(into: [Int]()) { $0.append($1 ?? -1) }
            }
            #expect(counts.sorted() == Array(1...50))
            #expect(try await anna.count(in: store) == 50)
        }
    }

    @Test("Of fifty who all expect the same count, one wins", arguments: StoreKind.allCases)
    func oneWinner(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let (id, session) = (anna.id, anna.session)
            let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await store.advanceCount(of: id, from: 0, in: session) }
                }
                return try await group.reduce(into: [Int]()) { if let count = $1 { $0.append(count) } }
            }
            #expect(winners == [1])
            #expect(try await anna.count(in: store) == 1)
        }
    }
}
