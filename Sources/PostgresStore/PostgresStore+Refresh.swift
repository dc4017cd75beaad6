public import Identity

extension PostgresStore {
    /// Exchanges a refresh token: in one statement, which is one transaction, as long as nobody is out of step.
    public func exchangeRefresh(_ exchange: RefreshExchange) async throws(StoreError) -> RefreshOutcome {
        let entry = AuditEntry(.refreshReused, of: exchange.user, in: exchange.session, at: exchange.time)
        return try await call { connection in
            if let name = try rotate(exchange, connection) { return .rotated(userName: name) }
            let outcome = try connection.transaction { connection -> RefreshOutcome? in
                let outcome = try judge(exchange, connection)
                if outcome == .reused {
                    _ = try end(exchange.session, of: exchange.user, because: .reuse, at: exchange.time, connection)
                    try entry.add(to: connection)
                    try addMail(.refreshReused, to: exchange.user, at: exchange.time, in: connection)
                }
                return outcome
            }
            return outcome ?? .refused
        }
    }
}

/// Puts the next token in the place of the one that came, if that is the current one: compare and set.
///
/// The user's row is locked with the count that the token carries, so no revocation is acknowledged between the look at
/// it and the commit. Then the session's row: if somebody else had it, its conditions are looked at again when they are
/// done, so of two exchanges of one token, one wins, and none comes after the session's end.
///
/// A session that remembers no token, because it is older than the rule, takes the first that comes.
private func rotate(_ exchange: RefreshExchange, _ connection: PostgresConnection) throws -> UserName? {
    let next = exchange.successor
    return try connection.alone(
        """
        WITH owner AS (SELECT id, username FROM users WHERE id = $7 AND count = $8 FOR SHARE)
        UPDATE sessions SET
            previous_refresh_hash = $1, refresh_hash = $2, refreshed_at = $3, refreshed_by = $4,
            last_used_at = greatest(last_used_at, $5)
        FROM owner
        WHERE sessions.id = $6 AND sessions.user_id = owner.id AND ended_at IS NULL
            AND (refresh_hash = $1 OR refresh_hash IS NULL)
        RETURNING owner.username
        """,
        [
            .text(exchange.presented), .text(next.hash), .integer(next.issuedAt), .text(next.issuer),
            .integer(exchange.time), .text(exchange.session.rawValue), .text(exchange.user.rawValue),
            .integer(exchange.count),
        ]
    ).first?.userName()
}

/// What is to become of a token that was not the current one. Both rows stay locked until that is done.
private func judge(_ exchange: RefreshExchange, _ connection: PostgresConnection) throws -> RefreshOutcome {
    let row = try connection.run(
        """
        SELECT username, users.count AS user_count, ended_at, previous_refresh_hash,
            refresh_hash, refreshed_at, refreshed_by
        FROM users JOIN sessions ON sessions.user_id = users.id
        WHERE sessions.id = $1 AND users.id = $2
        FOR SHARE OF users FOR UPDATE OF sessions
        """, [.text(exchange.session.rawValue), .text(exchange.user.rawValue)]
    ).first
    guard let row, row.integerIfAny("ended_at") == nil, try row.integer("user_count") == exchange.count else {
        return .refused
    }
    let current = row.textIfAny("refresh_hash")
    // It has become the current one in between, or any would be taken now: no reason to end anything.
    if current == nil || current == exchange.presented { throw PostgresError.outOfStep }
    // Other sessions of a user's never come here: the hash is of this one.
    guard row.textIfAny("previous_refresh_hash") == exchange.presented,
        let hash = current, let time = row.integerIfAny("refreshed_at"),
        let issuer = row.textIfAny("refreshed_by"), exchange.time - time <= exchange.grace
    else { return .reused }
    // A clock that was far ahead issued a token that nobody takes yet: it counts as issued now, and the grace begins.
    let issuedAt = time - exchange.time > exchange.grace ? exchange.time : time
    if issuedAt != time {
        _ = try connection.run(
            "UPDATE sessions SET refreshed_at = $1 WHERE id = $2 AND user_id = $3",
            [.integer(issuedAt), .text(exchange.session.rawValue), .text(exchange.user.rawValue)])
    }
    return .repeated(
        userName: try row.userName(), current: RefreshStamp(hash: hash, issuedAt: issuedAt, issuer: issuer))
}
