import Foundation
import Holdings
import Hummingbird
import Identity
import Logging
import NIOEmbedded
import SQLiteStore
import Testing
import Tokens

@testable import SSOServer

/// A password that is changed where servers keep sessions: this device's session ends, and another begins.
@Suite("A password that is changed in a session")
struct SessionPasswordTests {
    /// Sessions in a database, with something that happens as soon as a password was changed.
    private struct Interrupted: SessionStore {
        let sessions: SharedSessions
        let interruption: @Sendable () async -> Void

        func changePassword(
            of user: User, from old: PasswordHash, to new: PasswordHash, keeping session: SessionID, of count: Int,
            at time: Int
        ) async throws(StoreError) -> Bool {
            let isChanged = try await sessions.changePassword(
                of: user, from: old, to: new, keeping: session, of: count, at: time)
            await interruption()
            return isChanged
        }

        func begin(
            _ session: SessionID, of user: User, provided password: PasswordHash, at time: Int
        ) async throws(StoreError) -> Int? {
            try await sessions.begin(session, of: user, provided: password, at: time)
        }

        func find(_ session: SessionID, at time: Int) async throws(StoreError) -> SessionLookup {
            try await sessions.find(session, at: time)
        }

        func noteUse(of found: OwnedSession, at time: Int) async throws(StoreError) {
            try await sessions.noteUse(of: found, at: time)
        }

        func end(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) {
            try await sessions.end(session, of: user, at: time)
        }

        func endAll(of found: OwnedSession, at time: Int) async throws(StoreError) -> Bool {
            try await sessions.endAll(of: found, at: time)
        }

        func sessions(of user: UserID, at time: Int) async throws(StoreError) -> [Session] {
            try await sessions.sessions(of: user, at: time)
        }
    }

    @Test("Where there is no room for another hash just then, it is changed all the same, and the cookie is cleared")
    func noRoom() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/sso-session-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let store = try SQLiteStore(path: path)
        let cost = try #require(ScryptCost("4,8,1"))
        let hasher = PasswordHasher(cost: cost, threadCount: 1)
        func signOn(_ hasher: PasswordHasher) throws -> SignOn {
            let key = try Key(id: "test", secret: [UInt8](repeating: 7, count: 32))
            let terms = TokenAuthority.Terms(
                issuer: "bank", issuers: ["bank"], audience: "sso", accessLife: 900, refreshLife: 604_800)
            let authority = TokenAuthority(keys: try KeyRing([key]), terms: terms) { 1_000_000 }
            return SignOn(authority: authority, store: store, hasher: hasher)
        }
        let sessions = SharedSessions(store: store, life: 604_800)
        // A hasher that has ended says that it is busy, as one that is full does.
        let interrupted = Interrupted(sessions: sessions) { await hasher.shutdown() }
        let sessionSignOn = SessionSignOn(signOn: try signOn(hasher), sessions: interrupted)
        let cookies = CookieSettings(domain: nil, isSecure: false, accessLife: 900, refreshLife: 604_800)
        let signIn = SessionSignIn(
            signOn: sessionSignOn, gate: AttemptGate(store: store, limits: nil) { 0 },
            check: SessionCheck(signOn: sessionSignOn, cookies: cookies),
            telling: SessionTelling(
                place: .shared, peer: "retirement", cookieName: cookies.sessionName, life: 604_800))
        let context = AppContext(
            source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test")))

        try await signOn(hasher).register(username: "anna", password: "her first password")
        let secret = try await sessionSignOn.signIn(username: "anna", password: "her first password")
        guard case .live(let session) = try await sessionSignOn.find(secret) else {
            Issue.record("she is not signed in")
            return
        }
        let visitor = PageVisitor(
            user: session.user, userName: "anna", session: session.session.id, count: session.session.count,
            xray: signIn.telling.letIn(session, by: secret))
        let set = try await signIn.changePassword(
            of: visitor, current: "her first password", new: "her second password", context)

        #expect(set == [cookies.clearSession])
        if case .live = try await sessionSignOn.find(secret) { Issue.record("the old cookie still signs her in") }
        let later = SessionSignOn(
            signOn: try signOn(PasswordHasher(cost: cost, threadCount: 1)), sessions: sessions)
        _ = try await later.signIn(username: "anna", password: "her second password")
        await store.close()
    }
}
