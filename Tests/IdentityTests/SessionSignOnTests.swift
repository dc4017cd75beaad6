import Holdings
import Testing

@testable import Identity

/// Where sessions are kept, for suites that run over both.
enum SessionKeeping: CaseIterable, Sendable {
    case local
    case shared

    func sessions(_ store: any RememberingStore, life: Int) -> any SessionStore {
        switch self {
        case .local: LocalSessions(store: store, life: life)
        case .shared: SharedSessions(store: store, life: life)
        }
    }
}

@Suite("Signing on with sessions that servers remember")
struct SessionSignOnTests {
    private func signOn(_ stage: SignOnStage, _ keeping: SessionKeeping, life: Int = 100) throws -> SessionSignOn {
        SessionSignOn(signOn: stage.bank, sessions: keeping.sessions(stage.store, life: life))
    }

    private func live(_ lookup: SessionLookup) throws -> OwnedSession {
        guard case .live(let session) = lookup else { throw NotLive(lookup: lookup) }
        return session
    }

    private struct NotLive: Error { let lookup: SessionLookup }

    @Test(
        "A password begins a session; a wrong one, or an unknown user, begins none", arguments: SessionKeeping.allCases)
    func signIn(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let signOn = try signOn(stage, keeping)
            let anna = try await stage.bank.register(username: "Anna", password: "correct horse")
            let secret = try await signOn.signIn(username: "anna", password: "correct horse")
            let found = try live(try await signOn.find(secret))
            #expect(found.user == anna.id)
            #expect(found.userName.spelling == "Anna")
            #expect(found.session.id == secret.id)
            #expect(found.session.createdAt == stage.clock.now)
            for (name, password) in [("anna", "wrong horse"), ("bert", "correct horse")] {
                await #expect(throws: IdentityError.invalidCredentials) {
                    try await signOn.signIn(username: name, password: password)
                }
            }
            #expect(try await signOn.devices(of: anna.id).map(\.id) == [secret.id])
            #expect(try await signOn.find(SessionSecret()) == .refused(.unknown))
            #expect(try await signOn.find(SessionSecret(presented: secret.id.rawValue)) == .refused(.unknown))
        }
    }

    @Test("A session holds for its life from the beginning, to the second", arguments: SessionKeeping.allCases)
    func life(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let signOn = try signOn(stage, keeping)
            let anna = try await stage.bank.register(username: "anna", password: "correct horse")
            let secret = try await signOn.signIn(username: "anna", password: "correct horse")
            stage.clock.now += 99
            await signOn.noteUse(of: try live(try await signOn.find(secret)))
            #expect(try await signOn.devices(of: anna.id).map(\.lastUsedAt) == [stage.clock.now])
            stage.clock.now += 1
            #expect(try await signOn.find(secret) == .refused(.expired))
            #expect(try await signOn.devices(of: anna.id) == [])
        }
    }

    @Test("The database notes the last use once a minute, and reads alone in between", arguments: StoreKind.allCases)
    func noteUse(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let signOn = try signOn(stage, .shared, life: 1000)
            _ = try await stage.bank.register(username: "anna", password: "correct horse")
            let secret = try await signOn.signIn(username: "anna", password: "correct horse")
            for (seconds, statements) in [(0, 1), (59, 1), (1, 2), (0, 1), (30, 1), (30, 2)] {
                stage.clock.now += seconds
                let meter = StatementMeter()
                try await StatementMeter.$current.withValue(meter) {
                    await signOn.noteUse(of: try live(try await signOn.find(secret)))
                }
                #expect(meter.statements == statements, "after \(seconds) s")
            }
        }
    }

    @Test("Finding costs no statement in memory, and one in the database", arguments: SessionKeeping.allCases)
    func statements(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let signOn = try signOn(stage, keeping)
            _ = try await stage.bank.register(username: "anna", password: "correct horse")
            let secret = try await signOn.signIn(username: "anna", password: "correct horse")
            for secret in [secret, SessionSecret()] {
                let meter = StatementMeter()
                try await StatementMeter.$current.withValue(meter) { _ = try await signOn.find(secret) }
                #expect(meter.statements == (keeping == .local ? 0 : 1))
            }
        }
    }

    @Test("A session is ended by its own user alone, and once", arguments: SessionKeeping.allCases)
    func end(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let signOn = try signOn(stage, keeping)
            let anna = try await stage.bank.register(username: "anna", password: "correct horse")
            let bert = try await stage.bank.register(username: "bert", password: "correct horse")
            let secret = try await signOn.signIn(username: "anna", password: "correct horse")
            try await signOn.end(secret.id, of: bert.id)
            #expect(try live(try await signOn.find(secret)).user == anna.id)
            for _ in 1...2 { try await signOn.end(secret.id, of: anna.id) }
            #expect(try await signOn.find(secret) == .refused(keeping == .local ? .unknown : .ended))
        }
    }

    @Test(
        "A grown count ends all older sessions where it is compared, and where it was made to grow",
        arguments: SessionKeeping.allCases)
    func everywhere(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let signOn = try signOn(stage, keeping)
            let anna = try await stage.bank.register(username: "anna", password: "correct horse")
            let first = try await signOn.signIn(username: "anna", password: "correct horse")
            let old = try live(try await signOn.find(first))
            #expect(old.session.count == 0)
            // Somebody elsewhere.
            _ = try await stage.store.advanceCount(of: anna.id)
            switch keeping {
            case .local: #expect(try live(try await signOn.find(first)) == old)
            case .shared: #expect(try await signOn.find(first) == .refused(.outdated(kept: 0, now: 1)))
            }
            let second = try await signOn.signIn(username: "anna", password: "correct horse")
            let asking = try live(try await signOn.find(second))
            #expect(asking.session.count == 1)
            try await signOn.signOutEverywhere(asking)
            for secret in [first, second] {
                guard case .refused = try await signOn.find(secret) else {
                    Issue.record("still signed in")
                    continue
                }
            }
            #expect(try await stage.store.user(id: anna.id)?.user.count == 2)
            await #expect(throws: IdentityError.revoked) { try await signOn.signOutEverywhere(asking) }
            #expect(try await stage.store.user(id: anna.id)?.user.count == 2)
        }
    }

    @Test("A password that changes while it is checked begins no session", arguments: SessionKeeping.allCases)
    func changedMeanwhile(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let anna = try await stage.bank.register(username: "anna", password: "correct horse")
            let known = try await stage.store.user(id: anna.id)
            let old = try #require(known?.password)
            let sessions = keeping.sessions(stage.store, life: 100)
            let session = randomSession()
            let new = cheapHash("another")
            #expect(try await stage.store.changePassword(of: anna.id, from: old, to: new, count: 0, at: 4) == 1)
            #expect(try await sessions.begin(session, of: anna, provided: old, at: 5) == nil)
            #expect(try await sessions.find(session, at: 5) == .refused(.unknown))
            #expect(try await sessions.begin(session, of: anna, provided: new, at: 5) == 1)
            guard case .live(let found) = try await sessions.find(session, at: 5) else {
                Issue.record("not signed in")
                return
            }
            #expect(found.session.count == 1)
        }
    }

    @Test("After a change of password the session that asked goes on alone", arguments: SessionKeeping.allCases)
    func changePassword(keeping: SessionKeeping) async throws {
        try await withSignOn { stage in
            let signOn = try signOn(stage, keeping)
            let anna = try await stage.bank.register(username: "anna", password: "correct horse")
            let kept = try await signOn.signIn(username: "anna", password: "correct horse")
            let other = try await signOn.signIn(username: "anna", password: "correct horse")
            func change(_ current: String, _ new: String, count: Int = 0) async throws {
                try await signOn.changePassword(
                    of: anna.id, in: kept.id, count: count, current: current, new: new)
            }
            await #expect(throws: IdentityError.invalidCredentials) { try await change("wrong", "battery staple") }
            await #expect(throws: IdentityError.invalidPassword) { try await change("correct horse", "short") }
            #expect(try live(try await signOn.find(other)).session.count == 0)
            try await change("correct horse", "battery staple")
            #expect(try live(try await signOn.find(kept)).session.count == 1)
            #expect(
                try await signOn.find(other)
                    == .refused(keeping == .local ? .unknown : .outdated(kept: 0, now: 1)))
            await #expect(throws: IdentityError.invalidCredentials) {
                try await signOn.signIn(username: "anna", password: "correct horse")
            }
            // A session that has ended changes nothing.
            try await signOn.end(kept.id, of: anna.id)
            await #expect(throws: IdentityError.revoked) {
                try await change("battery staple", "a third one", count: 1)
            }
            #expect(try await stage.store.user(id: anna.id)?.user.count == 1)
        }
    }

    @Test("A session is found by its id, with its user and their count as it is now", arguments: StoreKind.allCases)
    func ownedSession(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let anna = try await Member("anna", in: store)
            let found = try #require(try await store.session(anna.session))
            #expect(found.user == anna.id)
            #expect(found.userName == anna.user.name)
            #expect(found.userCount == 0)
            #expect(found.session.count == 0)
            #expect(found.session.createdAt == Member.registeredAt)
            #expect(found.session.endedAt == nil)
            _ = try await store.advanceCount(of: anna.id)
            try await store.endSession(anna.session, of: anna.id, at: 10)
            let later = try #require(try await store.session(anna.session))
            #expect(later.userCount == 1)
            #expect(later.session.count == 0)
            #expect(later.session.endedAt == 10)
            #expect(try await store.session(randomSession()) == nil)
        }
    }
}
