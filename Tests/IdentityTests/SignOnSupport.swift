import Holdings
import Synchronization
import Testing
import Tokens

@testable import Identity

/// Two servers over one store, as in the cluster, with a clock that stands still and hashes that cost nothing.
struct SignOnStage {
    static let start = 1_700_000_000
    static let accessLife = 900
    static let refreshLife = 604_800

    let clock: SettableClock
    let store: any ClusterStore
    let hasher: PasswordHasher
    let bank: SignOn
    let retirement: SignOn

    /// The rules of one server over another store, or with another pool.
    func signOn(_ issuer: String = "bank", store: (any IdentityStore)? = nil, hasher: PasswordHasher? = nil) throws
        -> SignOn
    {
        SignOn(
            authority: try Self.authority(issuer, clock), store: store ?? self.store, hasher: hasher ?? self.hasher)
    }

    static func authority(_ issuer: String, _ clock: SettableClock) throws -> TokenAuthority {
        let keys = try KeyRing([Key(id: "first", secret: [UInt8](repeating: 1, count: 32))])
        let terms = TokenAuthority.Terms(
            issuer: issuer, issuers: ["bank", "retirement"], audience: "sso", accessLife: accessLife,
            refreshLife: refreshLife)
        return TokenAuthority(keys: keys, terms: terms) { clock.now }
    }

    /// Registers a user and signs in at the bank.
    func signedIn(_ name: String = "anna", password: String = "correct horse") async throws -> IssuedTokens {
        try await bank.register(username: name, password: password)
        return try await bank.signIn(username: name, password: password)
    }

    /// What an access token says.
    func access(_ tokens: IssuedTokens) throws -> SessionClaims {
        try bank.authority.verify(tokens.access.text, as: AccessClaims.self).claims.session
    }

    /// What a refresh token says.
    func refresh(_ tokens: IssuedTokens) throws -> SessionClaims {
        try bank.authority.verify(tokens.refresh.text, as: RefreshClaims.self).claims.session
    }

    /// Expects that a refresh token is refused as revoked on both servers, for new tokens and for a renewal.
    func expectRevoked(_ tokens: IssuedTokens, _ location: SourceLocation = #_sourceLocation) async {
        let token = tokens.refresh.text
        for server in [bank, retirement] {
            await #expect(throws: IdentityError.revoked, sourceLocation: location) { try await server.refresh(token) }
            await #expect(throws: IdentityError.revoked, sourceLocation: location) { try await server.renew(token) }
        }
    }

    /// Expects that a refresh token is good on both servers.
    func expectGood(_ tokens: IssuedTokens, _ location: SourceLocation = #_sourceLocation) async {
        for server in [bank, retirement] {
            await #expect(throws: Never.self, sourceLocation: location) {
                try await server.refresh(tokens.refresh.text)
            }
            await #expect(throws: Never.self, sourceLocation: location) { try await server.renew(tokens.refresh.text) }
        }
    }
}

/// Runs `body` with two servers on a new store.
func withSignOn(
    cost: String = "1,1,1", kind: StoreKind = .sqlite, _ body: (SignOnStage) async throws -> Void
) async throws {
    try await kind.withStore { store in
        let clock = SettableClock(SignOnStage.start)
        let hasher = PasswordHasher(cost: .cost(cost), threadCount: 1)
        do {
            try await body(
                SignOnStage(
                    clock: clock, store: store, hasher: hasher,
                    bank: SignOn(authority: SignOnStage.authority("bank", clock), store: store, hasher: hasher),
                    retirement: SignOn(
                        authority: SignOnStage.authority("retirement", clock), store: store, hasher: hasher)))
        } catch {
            await hasher.shutdown()
            throw error
        }
        await hasher.shutdown()
    }
}

/// A store to which something happens right before it does what it is asked.
struct InterruptedStore: IdentityStore {
    enum Call: Sendable { case add, find, begin, use, end, advance, change, upgrade, list, check }

    let store: any IdentityStore
    let before: @Sendable (Call) async throws(StoreError) -> Void

    func addUser(_ user: User, password: PasswordHash) async throws(StoreError) -> Bool {
        try await before(.add)
        return try await store.addUser(user, password: password)
    }

    func user(named name: UserName) async throws(StoreError) -> (user: User, password: PasswordHash)? {
        try await before(.find)
        return try await store.user(named: name)
    }

    func user(id: UserID) async throws(StoreError) -> (user: User, password: PasswordHash)? {
        try await before(.find)
        return try await store.user(id: id)
    }

    func beginSession(
        _ session: SessionID, of user: UserID, provided password: PasswordHash, at time: Int,
        forgettingUnusedSince cutoff: Int
    ) async throws(StoreError) -> Int? {
        try await before(.begin)
        return try await store.beginSession(
            session, of: user, provided: password, at: time, forgettingUnusedSince: cutoff)
    }

    func useSession(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) -> SessionState? {
        try await before(.use)
        return try await store.useSession(session, of: user, at: time)
    }

    func sessions(of user: UserID) async throws(StoreError) -> UserSessions? {
        try await before(.list)
        return try await store.sessions(of: user)
    }

    func endSession(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) {
        try await before(.end)
        try await store.endSession(session, of: user, at: time)
    }

    func advanceCount(of user: UserID) async throws(StoreError) -> Int? {
        try await before(.advance)
        return try await store.advanceCount(of: user)
    }

    func advanceCount(of user: UserID, from count: Int, in session: SessionID) async throws(StoreError) -> Int? {
        try await before(.advance)
        return try await store.advanceCount(of: user, from: count, in: session)
    }

    func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, keeping session: SessionID,
        at time: Int
    ) async throws(StoreError) -> Int? {
        try await before(.change)
        return try await store.changePassword(
            of: user, from: old, to: new, count: count, keeping: session, at: time)
    }

    func upgradePassword(of user: UserID, from old: PasswordHash, to new: PasswordHash) async throws(StoreError) {
        try await before(.upgrade)
        try await store.upgradePassword(of: user, from: old, to: new)
    }

    func users(liveSince cutoff: Int) async throws(StoreError) -> [(user: User, liveSessions: Int)] {
        try await before(.list)
        return try await store.users(liveSince: cutoff)
    }

    func checkReadiness() async throws(StoreError) {
        try await before(.check)
        try await store.checkReadiness()
    }
}
