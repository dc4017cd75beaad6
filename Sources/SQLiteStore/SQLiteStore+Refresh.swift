import GRDB
public import Identity

extension SQLiteStore {
    /// Exchanges a refresh token: in one statement, which is one transaction, as long as nobody is out of step.
    public func exchangeRefresh(_ exchange: RefreshExchange) async throws(StoreError) -> RefreshOutcome {
        let entry = AuditEntry(.refreshReused, of: exchange.user, in: exchange.session, at: exchange.time)
        return try await write { database in
            if let name = try rotate(exchange, in: database) { return .rotated(userName: name) }
            var outcome = RefreshOutcome.refused
            try database.inTransaction(.immediate) {
                outcome = try judge(exchange, in: database)
                if outcome == .reused {
                    _ = try end(
                        exchange.session, of: exchange.user, because: .reuse, at: exchange.time, in: database)
                    try entry.add(to: database)
                    try addMail(.refreshReused, to: exchange.user, at: exchange.time, in: database)
                }
                return .commit
            }
            return outcome
        }
    }
}

/// Puts the next token in the place of the one that came, if that is the current one: compare and set.
///
/// A session that remembers none, because it is older than the rule, takes the first that comes.
private func rotate(_ exchange: RefreshExchange, in database: Database) throws -> UserName? {
    let next = exchange.successor
    let name: String? = try database.returned(
        sql: """
            UPDATE sessions SET
                previous_refresh_hash = ?, refresh_hash = ?, refreshed_at = ?, refreshed_by = ?,
                last_used_at = max(last_used_at, ?)
            WHERE id = ? AND user_id = ? AND ended_at IS NULL AND (refresh_hash = ? OR refresh_hash IS NULL)
                AND (SELECT users.count FROM users WHERE users.id = user_id) = ?
            RETURNING (SELECT username FROM users WHERE users.id = user_id)
            """,
        [
            exchange.presented, next.hash, next.issuedAt, next.issuer, exchange.time, exchange.session.rawValue,
            exchange.user.rawValue, exchange.presented, exchange.count,
        ])
    return try name.map(userName)
}

/// What is to become of a token that is not the current one.
private func judge(_ exchange: RefreshExchange, in database: Database) throws -> RefreshOutcome {
    let statement = try database.cachedStatement(
        sql: """
            SELECT username, users.count AS user_count, ended_at, previous_refresh_hash,
                refresh_hash, refreshed_at, refreshed_by
            FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = ? AND user_id = ?
            """)
    let arguments: StatementArguments = [exchange.session.rawValue, exchange.user.rawValue]
    guard let row = try Row.fetchOne(statement, arguments: arguments), row["ended_at"] as Int? == nil,
        row["user_count"] as Int == exchange.count
    else { return .refused }
    // Other sessions of a user's never come here: the hash is of this one.
    guard row["previous_refresh_hash"] as String? == exchange.presented,
        let hash = row["refresh_hash"] as String?, let time = row["refreshed_at"] as Int?,
        let issuer = row["refreshed_by"] as String?, exchange.time - time <= exchange.grace
    else { return .reused }
    // A clock that was far ahead issued a token that nobody takes yet: it counts as issued now, and the grace begins.
    let issuedAt = time - exchange.time > exchange.grace ? exchange.time : time
    if issuedAt != time {
        try database.cachedStatement(sql: "UPDATE sessions SET refreshed_at = ? WHERE id = ?")
            .execute(arguments: [issuedAt, exchange.session.rawValue])
    }
    return .repeated(
        userName: try userName(row["username"]), current: RefreshStamp(hash: hash, issuedAt: issuedAt, issuer: issuer))
}

/// Ends a session; false if it has ended already, or is not there.
func end(
    _ session: SessionID, of user: UserID, because reason: EndReason, at time: Int, in database: Database
) throws -> Bool {
    try database.cachedStatement(
        sql: "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL"
    ).execute(arguments: [time, reason.rawValue, session.rawValue, user.rawValue])
    return database.changesCount == 1
}

/// A user name as the database has it.
func userName(_ text: String) throws -> UserName {
    guard let name = try? UserName(text) else {
        throw StoreError.failed("a user's name in the database is malformed")
    }
    return name
}
