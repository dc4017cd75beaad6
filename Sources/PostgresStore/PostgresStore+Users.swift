public import Identity

extension PostgresStore {
    /// Adds a user with their opening accounts and plan.
    public func addUser(_ user: User, password: PasswordHash) async throws(StoreError) -> Bool {
        let entry = AuditEntry(.registered, of: user.id, in: nil, at: user.createdAt)
        let isAdded = try await transaction { connection -> Bool? in
            // Who comes second waits for the first to commit, and then adds nothing.
            let added = try connection.run(
                """
                INSERT INTO users (id, username, username_key, password_hash, count, created_at, email)
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (username_key) DO NOTHING
                """,
                [
                    .text(user.id.rawValue), .text(user.name.spelling), .text(user.name.key), .text(password.phc),
                    .integer(user.count), .integer(user.createdAt), .text(user.email?.text),
                ])
            guard added.changes == 1 else { return nil }
            try addOpening(of: user, to: connection)
            try entry.add(to: connection)
            return true
        }
        return isAdded ?? false
    }

    /// The user of that name.
    public func user(named name: UserName) async throws(StoreError) -> (user: User, password: PasswordHash)? {
        try await read("SELECT \(userColumns) FROM users WHERE username_key = $1", [.text(name.key)]).first.map(
            storedUser)
    }

    /// The user of that id.
    public func user(id: UserID) async throws(StoreError) -> (user: User, password: PasswordHash)? {
        try await read("SELECT \(userColumns) FROM users WHERE id = $1", [.text(id.rawValue)]).first.map(storedUser)
    }

    /// Adds one to a user's count, whatever it is: the row is waited for, and what is added to is what it holds then.
    public func advanceCount(of user: UserID, at time: Int) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.revokedByOperator, of: user, in: nil, at: time)) { connection in
            try connection.run(
                "UPDATE users SET count = count + 1 WHERE id = $1 RETURNING count", [.text(user.rawValue)]
            ).first?.integer("count")
        }
    }

    /// Adds one to a user's count, if the token that asks is still good. Both rows are locked before they are looked at,
    /// so neither the count nor the session is what it was at the statement's beginning.
    public func advanceCount(
        of user: UserID, from count: Int, in session: SessionID, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.signedOutEverywhere, of: user, in: session, at: time)) { connection in
            try connection.run(
                """
                WITH owner AS (SELECT id FROM users WHERE id = $1 AND count = $2 FOR UPDATE),
                asking AS (
                    SELECT user_id FROM sessions
                    WHERE id = $3 AND user_id = (SELECT owner.id FROM owner) AND ended_at IS NULL FOR SHARE)
                UPDATE users SET count = users.count + 1 FROM asking WHERE users.id = asking.user_id
                RETURNING users.count
                """,
                [.text(user.rawValue), .integer(count), .text(session.rawValue)]
            ).first?.integer("count")
        }
    }

    /// Replaces the password, adds one to the count, and takes the session along.
    public func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, keeping session: SessionID,
        refresh stamp: RefreshStamp?, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.passwordChanged, of: user, in: session, at: time)) { connection in
            guard let newCount = try replacePassword(of: user, from: old, to: new, count: count, at: time, connection)
            else { return nil }
            let kept = try connection.run(
                """
                UPDATE sessions SET
                    count = $1, last_used_at = $2, refresh_hash = $3, previous_refresh_hash = NULL, refreshed_at = $4,
                    refreshed_by = $5
                WHERE id = $6 AND user_id = $7 AND ended_at IS NULL
                """,
                [
                    .integer(newCount), .integer(time), .text(stamp?.hash), .integer(stamp?.issuedAt),
                    .text(stamp?.issuer), .text(session.rawValue), .text(user.rawValue),
                ])
            return kept.changes == 1 ? newCount : nil
        }
    }

    /// Replaces the password and adds one to the count: no session in the database goes on.
    public func changePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.passwordChanged, of: user, in: nil, at: time)) { connection in
            try replacePassword(of: user, from: old, to: new, count: count, at: time, connection)
        }
    }

    /// Runs what makes a count grow, with its entries in the feed and in the record, in one transaction. Nil undoes all of it.
    func changeCount(
        _ entry: AuditEntry, _ change: @escaping @Sendable (PostgresConnection) throws -> Int?
    ) async throws(StoreError) -> Int? {
        try await transaction { connection in
            guard let count = try change(connection) else { return nil }
            if let user = entry.user { try Revocation(user: user, scope: .below(count: count)).add(to: connection) }
            try entry.add(to: connection)
            return count
        }
    }

    /// Replaces the hash of an unchanged password.
    public func upgradePassword(
        of user: UserID, from old: PasswordHash, to new: PasswordHash
    ) async throws(StoreError) {
        _ = try await change(
            "UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
            [.text(new.phc), .text(user.rawValue), .text(old.phc)])
    }

    /// All users, by name. They are sorted here: a database may sort names as people of some country do.
    public func users(liveSince cutoff: Int) async throws(StoreError) -> [(user: User, liveSessions: Int)] {
        let rows = try await read(
            """
            SELECT \(userColumns), (
                SELECT count(*) FROM sessions
                WHERE user_id = users.id AND sessions.count = users.count AND ended_at IS NULL
                    AND last_used_at > $1) AS live_sessions
            FROM users
            """, [.integer(cutoff)]
        ).rows
        var users: [(user: User, liveSessions: Int)] = []
        for row in rows { users.append((try User(row), try row.integer("live_sessions"))) }
        return users.sorted { $0.user.name.key.utf8.lexicographicallyPrecedes($1.user.name.key.utf8) }
    }
}

/// What makes up a user.
private let userColumns = "id, username, password_hash, count, created_at, email"

/// The new count, or nil if the password or the count is not what it was; both are compared in the row as it is when it
/// can be changed. The user gets a mail that says so.
private func replacePassword(
    of user: UserID, from old: PasswordHash, to new: PasswordHash, count: Int, at time: Int,
    _ connection: PostgresConnection
) throws -> Int? {
    let newCount = try connection.run(
        """
        UPDATE users SET password_hash = $1, count = count + 1
        WHERE id = $2 AND password_hash = $3 AND count = $4 RETURNING count
        """,
        [.text(new.phc), .text(user.rawValue), .text(old.phc), .integer(count)]
    ).first?.integer("count")
    if newCount != nil { try addMail(.passwordChanged, to: user, at: time, in: connection) }
    return newCount
}

private func storedUser(_ row: Row) throws(StoreError) -> (user: User, password: PasswordHash) {
    guard let password = PasswordHash(phc: try row.text("password_hash")) else {
        throw .failed("a user's password hash in the database is malformed")
    }
    return (try User(row), password)
}

extension User {
    fileprivate init(_ row: Row) throws(StoreError) {
        self.init(
            id: UserID(rawValue: try row.text("id")), name: try row.userName(), count: try row.integer("count"),
            createdAt: try row.integer("created_at"), email: row.textIfAny("email").flatMap { try? EmailAddress($0) })
    }
}

extension Row {
    /// The user name in the column `username`.
    func userName() throws(StoreError) -> UserName {
        guard let name = try? UserName(try text("username")) else {
            throw .failed("a user's name in the database is malformed")
        }
        return name
    }
}
