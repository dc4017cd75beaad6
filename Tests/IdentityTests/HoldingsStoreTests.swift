import Holdings
import Testing

@testable import Identity

@Suite("A store keeps the customers' holdings")
struct HoldingsStoreTests {
    @Test("Accounts and a plan are made with the user, as the opening says", arguments: StoreKind.allCases)
    func opening(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let accounts = try await store.accounts(of: anna.id)
            let plan = try await store.plan(of: anna.id)
            var ids = accounts.map(\.id)
            try #require(ids.count == 2)
            let opening = Opening(at: Member.registeredAt) { ids.removeFirst() }
            #expect(accounts == opening.accounts)
            #expect(plan == opening.plan)
        }
    }

    @Test("Accounts come by name, their bookings newest first", arguments: StoreKind.allCases)
    func order(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let accounts = try await store.accounts(of: anna.id)
            #expect(accounts.map(\.name) == ["Everyday", "Savings"])
            for account in accounts {
                let times = account.transactions.map(\.bookedAt)
                #expect(times.count > 1)
                #expect(times == times.sorted(by: >))
            }
            let paid = try #require(try await store.plan(of: anna.id)).contributions.map(\.paidAt)
            #expect(paid.count > 1)
            #expect(paid == paid.sorted(by: >))
        }
    }

    @Test("Each customer sees their own accounts alone", arguments: StoreKind.allCases)
    func own(kind: StoreKind) async throws {
        try await kind.withStore { store in
            var ids: Set<String> = []
            for name in ["anna", "bert", "carl"] {
                let member = try await Member(name, in: store)
                ids.formUnion(try await store.accounts(of: member.id).map(\.id))
            }
            #expect(ids.count == 6)
        }
    }

    @Test("Who is not there has no accounts and no plan", arguments: StoreKind.allCases)
    func unknown(kind: StoreKind) async throws {
        try await kind.withStore { store in
            _ = try await Member("anna", in: store)
            for id in ["nobody", "", "%", "anna"] {
                #expect(try await store.accounts(of: UserID(rawValue: id)) == [])
                #expect(try await store.plan(of: UserID(rawValue: id)) == nil)
            }
        }
    }
}
