import Harness
import Holdings
import PostgresStore
import Testing

@testable import Identity

/// What hands out something under a user's count.
enum Issuing: CaseIterable, Sendable {
    case exchange
    case use
    case begin

    /// Does it; true if it handed something out under the count 0.
    func issues(to anna: Member, from store: PostgresStore) async throws -> Bool {
        switch self {
        case .exchange:
            try await store.exchangeRefresh(anna.exchange("a", "b", at: 1)) == .rotated(userName: anna.user.name)
        case .use:
            try await store.useSession(anna.session, of: anna.id, at: 1)?.count == 0
        case .begin:
            try await store.beginSession(
                randomSession(), of: anna.id, provided: anna.password, refresh: nil, at: 2_000_000_000,
                forgettingUnusedSince: 1_999_999_999) == 0
        }
    }
}

@Suite("With PostgreSQL, nothing is issued against a revocation that was acknowledged")
struct PostgresRevocationTests {
    @Test(
        "Who is held up between the look at the count and the commit is waited for, or issues nothing",
        arguments: Issuing.allCases)
    func heldUp(issuing: Issuing) async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url) { store in
                let server = try await PostgreSQL.shared
                let anna = try await Member("anna", in: store)
                // Somebody has the session's row, so whoever wants to change it stops there, in the middle.
                let holder = try await server.hold("SELECT 1 FROM sessions FOR UPDATE", at: url)
                async let issued = issuing.issues(to: anna, from: store)
                try await waitUntil("it is held up") { try await server.waiting(at: url) == 1 }
                let isAcknowledged = Flag()
                @Sendable func revoke() async throws -> Int? {
                    let count = try await store.advanceCount(of: anna.id)
                    isAcknowledged.set()
                    return count
                }
                async let revoked = revoke()
                try await waitUntil("the revocation waits too, or is done") {
                    if isAcknowledged.isSet { return true }
                    return try await server.waiting(at: url) == 2
                }
                let wasAcknowledged = isAcknowledged.isSet
                try await holder.release()
                let (isIssued, count) = try await (issued, revoked)
                #expect(count == 1)
                #expect(!(wasAcknowledged && isIssued), "issued after the revocation was acknowledged")
                // And the reverse: whoever comes now gets nothing under the old count.
                #expect(!(try await issuing.issues(to: anna, from: store)))
            }
        }
    }

    @Test("An exchange that waits for a revocation sees what it did")
    func afterRevocation() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url) { store in
                let server = try await PostgreSQL.shared
                let anna = try await Member("anna", in: store)
                let holder = try await server.hold("LOCK TABLE audit", at: url)
                // It has changed the count, and stops at its entry in the record.
                async let revoked = store.advanceCount(of: anna.id)
                try await waitUntil("it is held up") { try await server.waiting(at: url) == 1 }
                async let outcome = store.exchangeRefresh(anna.exchange("a", "b", at: 1))
                try await waitUntil("both wait") { try await server.waiting(at: url) == 2 }
                try await holder.release()
                #expect(try await revoked == 1)
                #expect(try await outcome == .refused)
            }
        }
    }

    @Test("In a storm nobody gets stuck, and after the acknowledgement nothing is issued")
    func storm() async throws {
        try await withPostgresDatabase { url in
            try await withPostgresStore(url, connections: 6) { store in
                for round in 0..<60 {
                    let anna = try await Member("anna\(round)", in: store)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for device in 0..<3 {
                            let session = try await anna.anotherSession("\(device)", in: store)
                            group.addTask {
                                for step in 0..<8 {
                                    let exchange = RefreshExchange(
                                        user: anna.id, session: session, count: 0, presented: "\(step)",
                                        successor: RefreshStamp(hash: "\(step + 1)", issuedAt: 1, issuer: "bank"),
                                        time: 1, grace: 30)
                                    guard try await store.exchangeRefresh(exchange) != .refused else { return }
                                }
                            }
                        }
                        group.addTask {
                            #expect(try await store.advanceCount(of: anna.id) == 1)
                            let late = try await store.exchangeRefresh(anna.exchange("x", "y", at: 1))
                            #expect(late == .refused)
                        }
                        try await group.waitForAll()
                    }
                }
            }
        }
    }
}

/// Something that has happened or not.
private final class Flag: Sendable {
    private let value = SettableClock(0)
    var isSet: Bool { value.now == 1 }
    func set() { value.now = 1 }
}
