import Foundation
import Harness
import Holdings
import PostgresStore
import SQLiteStore
import Synchronization
import Testing
import Tokens

@testable import Identity

/// The stores that the contract suites run over.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite
    case postgresql

    /// Runs `body` with a new empty store, and removes all of it afterwards.
    func withStore<Value>(_ body: (any ClusterStore) async throws -> Value) async throws -> Value {
        switch self {
        case .sqlite:
            try await withFolder { folder in
                try await withSQLiteStore(folder + "/sso.sqlite") { try await body($0) }
            }
        case .postgresql:
            try await withPostgresDatabase { url in
                try await withPostgresStore(url) { try await body($0) }
            }
        }
    }

    /// Runs `body` with two stores on one new empty database, as two servers have them.
    func withTwoStores<Value>(
        _ body: (any ClusterStore, any ClusterStore) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .sqlite:
            try await withFolder { folder in
                try await withSQLiteStore(folder + "/sso.sqlite") { one in
                    try await withSQLiteStore(folder + "/sso.sqlite") { try await body(one, $0) }
                }
            }
        case .postgresql:
            try await withPostgresDatabase { url in
                try await withPostgresStore(url) { one in
                    try await withPostgresStore(url) { try await body(one, $0) }
                }
            }
        }
    }
}

/// Runs `body` with the URL of a new empty database on a real server, and removes the database afterwards.
func withPostgresDatabase<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let server = try await PostgreSQL.shared
    let url = try await server.makeDatabase()
    let result: Result<Value, any Error>
    do { result = .success(try await body(url)) } catch { result = .failure(error) }
    try await server.dropDatabase(url)
    return try result.get()
}

/// Runs `body` with a store on a database of PostgreSQL, and closes it afterwards.
func withPostgresStore<Value>(
    _ url: String, connections: Int = 4, _ body: (PostgresStore) async throws -> Value
) async throws -> Value {
    try await closing(try PostgresStore(url: url, connections: connections), after: body)
}

/// Runs `body` with a store on a file, and closes it afterwards.
func withSQLiteStore<Value>(
    _ path: String, _ body: (SQLiteStore) async throws -> Value
) async throws -> Value {
    try await closing(try SQLiteStore(path: path), after: body)
}

/// Runs `body` with a store, and closes it whatever happened.
private func closing<Store: ClusterStore, Value>(
    _ store: Store, after body: (Store) async throws -> Value
) async throws -> Value {
    let value: Value
    do {
        value = try await body(store)
    } catch {
        await store.close()
        throw error
    }
    await store.close()
    return value
}

/// Runs `body` with a new temporary folder, and removes it afterwards.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.path + "/sso-identity-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// A hash that costs next to nothing, of some password.
func cheapHash(_ password: String = "correct horse", cost: ScryptCost = .cheap) -> PasswordHash {
    hashed(Password(presented: password), cost: cost, salt: randomBytes(PasswordHash.saltLength))
}

/// A hash of a cost that every machine has the memory for.
func hashed(_ password: Password, cost: ScryptCost = .cheap, salt: [UInt8] = randomBytes(16)) -> PasswordHash {
    guard let hash = PasswordHash(password, cost: cost, salt: salt) else { preconditionFailure("no memory for scrypt") }
    return hash
}

extension ScryptCost {
    /// The least that there is: N=2, r=1, p=1.
    static var cheap: ScryptCost { cost("1,1,1") }

    /// A cost that is known to be good.
    static func cost(_ text: String) -> ScryptCost {
        guard let cost = ScryptCost(text) else { preconditionFailure("\(text) is no cost") }
        return cost
    }
}

extension IdentityStore {
    /// Begins a session, and forgets none.
    func beginSession(
        _ session: SessionID, of user: UserID, provided password: PasswordHash, at time: Int
    ) async throws(StoreError) -> Int? {
        try await beginSession(
            session, of: user, provided: password, refresh: nil, at: time, forgettingUnusedSince: 0)
    }

    /// Ends a session as its user does.
    func endSession(_ session: SessionID, of user: UserID, at time: Int) async throws(StoreError) {
        try await endSession(session, of: user, because: .signedOut, at: time)
    }

    /// Adds one to a count at some time.
    func advanceCount(of user: UserID) async throws(StoreError) -> Int? {
        try await advanceCount(of: user, at: Member.registeredAt)
    }

    /// Adds one to a count at some time, if the token that asks is still good.
    func advanceCount(of user: UserID, from count: Int, in session: SessionID) async throws(StoreError) -> Int? {
        try await advanceCount(of: user, from: count, in: session, at: Member.registeredAt)
    }

    /// Changes a password in a session that has no refresh token.
    func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, keeping session: SessionID,
        at time: Int
    ) async throws(StoreError) -> Int? {
        try await changePassword(
            of: user, from: old, to: new, count: count, keeping: session, refresh: nil, at: time)
    }
}

/// A user in a store, with one session, as most tests need them.
struct Member {
    let user: User
    let password: PasswordHash
    let session: SessionID

    var id: UserID { user.id }

    static let registeredAt = 1_700_000_000

    /// Adds the user and begins the session.
    init(_ name: String, in store: any ClusterStore) async throws {
        user = User(
            id: UserID(rawValue: randomID()), name: try UserName(name), count: 0, createdAt: Self.registeredAt)
        password = cheapHash("password of \(name)")
        session = SessionID(rawValue: "first session of \(name)")
        try #require(try await store.addUser(user, password: password))
        try #require(
            try await store.beginSession(session, of: user.id, provided: password, at: Self.registeredAt) == 0)
    }

    /// Begins another session.
    func anotherSession(_ name: String, in store: any ClusterStore, at time: Int = registeredAt) async throws
        -> SessionID
    {
        let session = SessionID(rawValue: "\(name) session of \(user.name)")
        try #require(try await store.beginSession(session, of: id, provided: password, at: time) != nil)
        return session
    }

    /// The user's count as the store has it.
    func count(in store: any ClusterStore) async throws -> Int {
        try #require(try await store.user(id: id)).user.count
    }

    /// How many of the user's sessions are live.
    func liveSessions(in store: any ClusterStore) async throws -> Int {
        try #require(try await store.users(liveSince: 0).first { $0.user.id == id }).liveSessions
    }
}

/// A clock that stands still until it is set.
final class SettableClock: Sendable {
    private let time: Mutex<Int>

    init(_ time: Int) { self.time = Mutex(time) }

    var now: Int {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

/// A random id that no other test has.
func randomSession() -> SessionID { SessionID(rawValue: randomID()) }
