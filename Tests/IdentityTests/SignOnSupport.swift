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
    func signOn(
        _ issuer: String = "bank", store: (any IdentityStore)? = nil, hasher: PasswordHasher? = nil,
        rule: RefreshRule = .rotation(grace: 30)
    ) throws -> SignOn {
        SignOn(
            authority: try Self.authority(issuer, clock, rule), store: store ?? self.store,
            hasher: hasher ?? self.hasher)
    }

    static func authority(
        _ issuer: String, _ clock: SettableClock, _ rule: RefreshRule = .rotation(grace: 30)
    ) throws -> TokenAuthority {
        let keys = try KeyRing([Key(id: "first", secret: [UInt8](repeating: 1, count: 32))])
        let terms = TokenAuthority.Terms(
            issuer: issuer, issuers: ["bank", "retirement"], audience: "sso", accessLife: accessLife,
            refreshLife: refreshLife, refreshRule: rule)
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
    cost: String = "1,1,1", kind: StoreKind = .sqlite, rule: RefreshRule = .rotation(grace: 30),
    _ body: (SignOnStage) async throws -> Void
) async throws {
    try await kind.withStore { store in
        let clock = SettableClock(SignOnStage.start)
        let hasher = PasswordHasher(cost: .cost(cost), threadCount: 1)
        do {
            try await body(
                SignOnStage(
                    clock: clock, store: store, hasher: hasher,
                    bank: SignOn(authority: SignOnStage.authority("bank", clock, rule), store: store, hasher: hasher),
                    retirement: SignOn(
                        authority: SignOnStage.authority("retirement", clock, rule), store: store, hasher: hasher)))
        } catch {
            await hasher.shutdown()
            throw error
        }
        await hasher.shutdown()
    }
}

/// A store to which something happens right before it does what it is asked.
struct InterruptedStore: IdentityStore {
    enum Call: Sendable { case add, find, begin, use, end, advance, change, upgrade, list, record, check }

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
        _ session: SessionID, of user: UserID, provided password: PasswordHash, refresh stamp: RefreshStamp?,
        at time: Int, forgettingUnusedSince cutoff: Int
    ) async throws(StoreError) -> Int? {
        try await before(.begin)
        return try await store.beginSession(
            session, of: user, provided: password, refresh: stamp, at: time, forgettingUnusedSince: cutoff)
    }

    func exchangeRefresh(_ exchange: RefreshExchange) async throws(StoreError) -> RefreshOutcome {
        try await before(.use)
        return try await store.exchangeRefresh(exchange)
    }

    func record(
        _ kind: AuditEvent.Kind, of user: UserID?, in session: SessionID?, detail: String?, at time: Int
    ) async throws(StoreError) {
        try await before(.record)
        try await store.record(kind, of: user, in: session, detail: detail, at: time)
    }

    func events(_ filter: AuditFilter) async throws(StoreError) -> [AuditEvent] {
        try await before(.list)
        return try await store.events(filter)
    }

    func useSession(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) -> SessionState? {
        try await before(.use)
        return try await store.useSession(session, of: user, at: time)
    }

    func sessions(of user: UserID) async throws(StoreError) -> UserSessions? {
        try await before(.list)
        return try await store.sessions(of: user)
    }

    func endSession(
        _ session: SessionID, of user: UserID, because reason: EndReason, at time: Int
    ) async throws(StoreError) {
        try await before(.end)
        try await store.endSession(session, of: user, because: reason, at: time)
    }

    func advanceCount(of user: UserID, at time: Int) async throws(StoreError) -> Int? {
        try await before(.advance)
        return try await store.advanceCount(of: user, at: time)
    }

    func advanceCount(
        of user: UserID, from count: Int, in session: SessionID, at time: Int
    ) async throws(StoreError) -> Int? {
        try await before(.advance)
        return try await store.advanceCount(of: user, from: count, in: session, at: time)
    }

    func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, keeping session: SessionID,
        refresh stamp: RefreshStamp?, at time: Int
    ) async throws(StoreError) -> Int? {
        try await before(.change)
        return try await store.changePassword(
            of: user, from: old, to: new, count: count, keeping: session, refresh: stamp, at: time)
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
