import GRDB
public import Identity

extension SQLiteStore {
    /// Adds a user with their opening accounts and plan.
    public func addUser(_ user: User, password: PasswordHash) async throws(StoreError) -> Bool {
        let entry = AuditEntry(.registered, of: user.id, in: nil, at: user.createdAt)
        return try await write { database in
            var isAdded = false
            try database.inTransaction(.immediate) {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO users (id, username, username_key, password_hash, count, created_at, email)
                        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (username_key) DO NOTHING
                        """
                ).execute(
                    arguments: [
                        user.id.rawValue, user.name.spelling, user.name.key, password.phc, user.count, user.createdAt,
                        user.email?.text,
                    ])
                isAdded = database.changesCount == 1
                guard isAdded else { return .rollback }
                try addOpening(of: user, to: database)
                try entry.add(to: database)
                return .commit
            }
            return isAdded
        }
    }

    /// The user of that name.
    public func user(named name: UserName) async throws(StoreError) -> (user: User, password: PasswordHash)? {
        try await read { database in
            try storedUser(database, sql: "SELECT * FROM users WHERE username_key = ?", name.key)
        }
    }

    /// The user of that id.
    public func user(id: UserID) async throws(StoreError) -> (user: User, password: PasswordHash)? {
        try await read { database in
            try storedUser(database, sql: "SELECT * FROM users WHERE id = ?", id.rawValue)
        }
    }

    /// Adds one to a user's count, whatever it is.
    public func advanceCount(of user: UserID, at time: Int) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.revokedByOperator, of: user, in: nil, at: time)) { database in
            try database.returned(
                sql: "UPDATE users SET count = count + 1 WHERE id = ? RETURNING count", [user.rawValue])
        }
    }

    /// Adds one to a user's count, if the token that asks is still good.
    public func advanceCount(
        of user: UserID, from count: Int, in session: SessionID, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.signedOutEverywhere, of: user, in: session, at: time)) { database in
            try database.returned(
                sql: """
                    UPDATE users SET count = count + 1 WHERE id = ? AND count = ? AND EXISTS (
                        SELECT 1 FROM sessions
                        WHERE sessions.id = ? AND sessions.user_id = users.id AND sessions.ended_at IS NULL)
                    RETURNING count
                    """,
                [user.rawValue, count, session.rawValue])
        }
    }

    /// Replaces the password, adds one to the count, and takes the session along.
    public func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, keeping session: SessionID,
        refresh stamp: RefreshStamp?, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.passwordChanged, of: user, in: session, at: time)) { database in
            guard let newCount = try replacePassword(of: user, from: old, to: new, count: count, at: time, in: database)
            else { return nil }
            try database.cachedStatement(
                sql: """
                    UPDATE sessions SET
                        count = ?, last_used_at = ?, refresh_hash = ?, previous_refresh_hash = NULL, refreshed_at = ?,
                        refreshed_by = ?
                    WHERE id = ? AND user_id = ? AND ended_at IS NULL
                    """
            ).execute(
                arguments: [
                    newCount, time, stamp?.hash, stamp?.issuedAt, stamp?.issuer, session.rawValue, user.rawValue,
                ])
            return database.changesCount == 1 ? newCount : nil
        }
    }

    /// Replaces the password and adds one to the count: no session in the database goes on.
    public func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.passwordChanged, of: user, in: nil, at: time)) { database in
            try replacePassword(of: user, from: old, to: new, count: count, at: time, in: database)
        }
    }

    /// Runs what makes a count grow, with its entry in the record, in one transaction. Nil undoes all of it.
    func changeCount(
        _ entry: AuditEntry, _ change: @escaping @Sendable (Database) throws -> Int?
    ) async throws(StoreError) -> Int? {
        try await write { database in
            var count: Int?
            try database.inTransaction(.immediate) {
                count = try change(database)
                guard count != nil else { return .rollback }
                try entry.add(to: database)
                return .commit
            }
            return count
        }
    }

    /// Replaces the hash of an unchanged password.
    public func upgradePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash
    ) async throws(StoreError) {
        try await write { database in
            try database.cachedStatement(sql: "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?")
                .execute(arguments: [new.phc, user.rawValue, old.phc])
        }
    }

    /// All users, by name.
    public func users(liveSince cutoff: Int) async throws(StoreError) -> [(user: User, liveSessions: Int)] {
        try await read { database in
            let sql = """
                SELECT users.*, (
                    SELECT count(*) FROM sessions
                    WHERE user_id = users.id AND sessions.count = users.count AND ended_at IS NULL
                        AND last_used_at > ?) AS live_sessions
                FROM users ORDER BY username_key
                """
            return try Row.fetchAll(database, sql: sql, arguments: [cutoff]).map { (try User($0), $0["live_sessions"]) }
        }
    }
}

/// The new count, or nil if the password or the count is not what it was. The user gets a mail that says so.
private func replacePassword(
    of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, at time: Int, in database: Database
) throws -> Int? {
    let newCount: Int? = try database.returned(
        sql: """
            UPDATE users SET password_hash = ?, count = count + 1
            WHERE id = ? AND password_hash = ? AND count = ? RETURNING count
            """,
        [new.phc, user.rawValue, old.phc, count])
    if newCount != nil { try addMail(.passwordChanged, to: user, at: time, in: database) }
    return newCount
}

private func storedUser(_ database: Database, sql: String, _ key: String) throws -> (
    user: User, password: PasswordHash
)? {
    guard let row = try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [key]) else { return nil }
    guard let password = PasswordHash(phc: row["password_hash"]) else {
        throw StoreError.failed("a user's password hash in the database is malformed")
    }
    return (try User(row), password)
}

extension User {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: UserID(rawValue: row["id"]), name: try userName(row["username"]), count: row["count"],
            createdAt: row["created_at"], email: (row["email"] as String?).flatMap { try? EmailAddress($0) })
    }
}

extension Database {
    /// Runs a statement with RETURNING to its end, so that it is committed, and gives the one value that it returned.
    func returned<Value: DatabaseValueConvertible & Sendable>(
        sql: String, _ arguments: StatementArguments
    ) throws -> Value? {
        try Value.fetchAll(cachedStatement(sql: sql), arguments: arguments).first
    }
}
