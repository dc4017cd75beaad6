import Foundation
import Holdings
import Identity
import Stores
import Tokens

/// A database full of users who share one password, each with one session. Who is who follows from a number, so that
/// nobody has to remember a million of them.
struct ManyUsers {
    static let password = "a good password"
    static let cost = "4,8,1"

    let count: Int
    let database: String

    /// Makes the tables, if there are none, as a server does, then the rows in one transaction of plain SQL.
    init(_ count: Int, in file: String) async throws {
        self.count = count
        database = "sqlite:\(file)"
        guard let cost = ScryptCost(Self.cost) else { preconditionFailure("the cost is one") }
        let store = try DatabaseURL(database).open()
        await store.close()
        let hasher = PasswordHasher(cost: cost, threadCount: 1)
        let hash = try await hasher.hash(Password(new: Self.password, for: UserName(Self.name(0))))
        await hasher.shutdown()

        let now = Int(Date().timeIntervalSince1970)
        let rows = try SQLiteFile(file)
        try rows.execute("PRAGMA cache_size = -500000; BEGIN")
        let user = try rows.prepare(
            "INSERT INTO users (created_at, id, username, username_key, password_hash) VALUES (?, ?, ?, ?, ?)")
        let session = try rows.prepare(
            """
            INSERT INTO sessions (created_at, id, user_id, count, last_used_at)
            VALUES (?1, ?2, ?3, 0, ?1)
            """)
        for number in 0..<count {
            let (id, name) = (Self.id(number, 1), Self.name(number))
            try user.run(now, id, name, name, hash.phc)
            try session.run(now, Self.id(number, 2), id)
        }
        try rows.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Someone in the middle of everybody.
    func anyone() -> Int { Int.random(in: 0..<count) }

    static func name(_ number: Int) -> String { "user-\(number)" }

    static func session(_ number: Int) -> SessionClaims {
        let now = Int(Date().timeIntervalSince1970)
        return SessionClaims(
            issuer: "bank", audience: "sso", subject: id(number, 1), sessionID: id(number, 2), count: 0, issuedAt: now,
            expiresAt: now + 900, tokenID: id(number, 3))
    }

    /// 22 characters as random ids have, in no order.
    private static func id(_ number: Int, _ kind: UInt64) -> String {
        let words = [mixed(UInt64(number) &* 4 &+ kind), mixed(~(UInt64(number) &* 4 &+ kind))]
        return Base64URL.encode(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    }

    /// SplitMix64's output function: no two numbers give the same.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
