import Holdings
import Synchronization
import Testing
import Tokens

@testable import Identity

@Suite("Raising the cost of hashes")
struct HashUpgradeTests {
    private func withHasher(_ cost: String, _ body: (PasswordHasher) async throws -> Void) async throws {
        let hasher = PasswordHasher(cost: .cost(cost), threadCount: 2)
        do {
            try await body(hasher)
        } catch {
            await hasher.shutdown()
            throw error
        }
        await hasher.shutdown()
    }

    private func hash(_ stage: SignOnStage) async throws -> PasswordHash {
        try #require(try await stage.store.user(named: UserName("anna"))).password
    }

    @Test("A sign-in replaces a cheaper hash, touches nothing else, and does so once")
    func upgrade() async throws {
        try await withSignOn(cost: "1,1,1") { stage in
            let before = try await stage.signedIn()
            try await withHasher("2,1,1") { costlier in
                let server = try stage.signOn(hasher: costlier)
                _ = try await server.signIn(username: "anna", password: "correct horse")
                let upgraded = try await hash(stage)
                #expect(upgraded.cost == .cost("2,1,1"))
                _ = try await server.signIn(username: "anna", password: "correct horse")
                let later = try await hash(stage)
                #expect(later == upgraded)
            }
            await stage.expectGood(before)
            let counts = try await stage.store.users(liveSince: 0).map(\.user.count)
            #expect(counts == [0])
            await #expect(throws: Never.self) {
                try await stage.bank.signIn(username: "anna", password: "correct horse")
            }
        }
    }

    @Test("A wrong password replaces nothing")
    func wrongPassword() async throws {
        try await withSignOn(cost: "1,1,1") { stage in
            _ = try await stage.signedIn()
            let before = try await hash(stage)
            try await withHasher("2,1,1") { costlier in
                let server = try stage.signOn(hasher: costlier)
                await #expect(throws: IdentityError.invalidCredentials) {
                    try await server.signIn(username: "anna", password: "wrong horse")
                }
            }
            let after = try await hash(stage)
            #expect(after == before)
        }
    }

    @Test("A costlier hash, and one of the same cost, stays", arguments: ["1,1,1", "3,1,1"])
    func noDowngrade(cost: String) async throws {
        try await withSignOn(cost: "3,1,1") { stage in
            _ = try await stage.signedIn()
            let before = try await hash(stage)
            try await withHasher(cost) { cheaper in
                _ = try await stage.signOn(hasher: cheaper).signIn(username: "anna", password: "correct horse")
            }
            let after = try await hash(stage)
            #expect(after == before)
        }
    }

    @Test("Many who sign in at once while the hash is replaced all succeed")
    func concurrently() async throws {
        try await withSignOn(cost: "1,1,1") { stage in
            try await stage.bank.register(username: "anna", password: "correct horse")
            try await withHasher("2,1,1") { costlier in
                let server = try stage.signOn(hasher: costlier)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<30 {
                        group.addTask { _ = try await server.signIn(username: "anna", password: "correct horse") }
                    }
                    try await group.waitForAll()
                }
            }
            let users = try await stage.store.users(liveSince: 0)
            #expect(users.map(\.liveSessions) == [30])
            let upgraded = try await hash(stage)
            #expect(upgraded.cost == .cost("2,1,1"))
        }
    }

    @Test("Who finds the hash replaced right before their session begins looks again and succeeds")
    func replacedMeanwhile() async throws {
        try await withSignOn(cost: "1,1,1") { stage in
            try await stage.bank.register(username: "anna", password: "correct horse")
            let old = try await hash(stage)
            let isFirst = Mutex(true)
            let replacing = InterruptedStore(store: stage.store) { call throws(StoreError) in
                let replaces =
                    call == .begin
                    && isFirst.withLock { first in
                        defer { first = false }
                        return first
                    }
                guard replaces, let user = try await stage.store.users(liveSince: 0).first?.user else { return }
                try await stage.store.upgradePassword(of: user.id, from: old, to: cheapHash("correct horse"))
            }
            let tokens = try await stage.signOn(store: replacing).signIn(username: "anna", password: "correct horse")
            await stage.expectGood(tokens)
            let live = try await stage.store.users(liveSince: 0).map(\.liveSessions)
            #expect(live == [1])
        }
    }
}
