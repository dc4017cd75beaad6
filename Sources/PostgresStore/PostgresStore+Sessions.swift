public import Identity

extension PostgresStore {
    /// Begins a session under the user's count, if they still have that password; both as they are once the user's row
    /// is locked.
    public func beginSession(
        _ session: SessionID, of user: UserID, provided password: PasswordHash, refresh stamp: RefreshStamp?,
        at time: Int, forgettingUnusedSince cutoff: Int
    ) async throws(StoreError) -> Int? {
        let entry = AuditEntry(.signedIn, of: user, in: session, at: time)
        let begun = try await transaction { connection -> Int?? in
            let row = try connection.run(
                """
                INSERT INTO sessions
                    (id, user_id, count, created_at, last_used_at, refresh_hash, refreshed_at, refreshed_by)
                SELECT $1, id, count, $2, $2, $3, $4, $5 FROM users WHERE id = $6 AND password_hash = $7 FOR SHARE
                RETURNING count
                """,
                [
                    .text(session.rawValue), .integer(time), .text(stamp?.hash), .integer(stamp?.issuedAt),
                    .text(stamp?.issuer), .text(user.rawValue), .text(password.phc),
                ]
            ).first
            // After the user's row: see the order of locks.
            _ = try connection.run(
                "DELETE FROM sessions WHERE user_id = $1 AND last_used_at <= $2 AND id <> $3",
                [.text(user.rawValue), .integer(cutoff), .text(session.rawValue)])
            guard let row else { return .some(nil) }
            try entry.add(to: connection)
            return try row.integer("count")
        }
        return begun ?? nil
    }

    /// Notes a session's use and reads the user's count, in one statement, which is one transaction.
    ///
    /// Who uses a session like this hands out tokens of which it remembers none, so it forgets those it remembers: should
    /// tokens rotate again, it takes the first that comes. The user's row is locked first: while this waits for the
    /// session's, as for somebody who changes the password, the count that it has read cannot grow.
    public func useSession(
        _ session: SessionID, of user: UserID, at time: Int
    ) async throws(StoreError) -> SessionState? {
        let row = try await change(
            """
            WITH owner AS (SELECT id, username, count FROM users WHERE id = $3 FOR SHARE)
            UPDATE sessions SET
                last_used_at = greatest(last_used_at, $1), refresh_hash = NULL, previous_refresh_hash = NULL
            FROM owner WHERE sessions.id = $2 AND sessions.user_id = owner.id
            RETURNING sessions.ended_at, owner.username, owner.count
            """, [.integer(time), .text(session.rawValue), .text(user.rawValue)]
        ).first
        guard let row else { return nil }
        return SessionState(
            userName: try row.userName(), count: try row.integer("count"),
            hasEnded: row.integerIfAny("ended_at") != nil)
    }

    /// The user's count and sessions.
    public func sessions(of user: UserID) async throws(StoreError) -> UserSessions? {
        let rows = try await read(
            """
            SELECT
                users.count AS user_count, sessions.id, sessions.count, sessions.created_at, last_used_at, ended_at,
                end_reason
            FROM users LEFT JOIN sessions ON sessions.user_id = users.id
            WHERE users.id = $1 ORDER BY last_used_at DESC, sessions.created_at DESC, sessions.id
            """, [.text(user.rawValue)]
        ).rows
        guard let first = rows.first else { return nil }
        var sessions: [Session] = []
        for row in rows {
            guard let id = row.textIfAny("id") else { continue }
            sessions.append(try Session(id, row))
        }
        return UserSessions(count: try first.integer("user_count"), sessions: sessions)
    }

    /// The session, its user's name and their count, all as of one moment.
    public func session(_ session: SessionID) async throws(StoreError) -> OwnedSession? {
        let row = try await read(
            """
            SELECT
                users.id AS user_id, username, users.count AS user_count,
                sessions.count, sessions.created_at, last_used_at, ended_at, end_reason
            FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = $1
            """, [.text(session.rawValue)]
        ).first
        guard let row else { return nil }
        return OwnedSession(
            user: UserID(rawValue: try row.text("user_id")), userName: try row.userName(),
            userCount: try row.integer("user_count"), session: try Session(session.rawValue, row))
    }

    /// Ends one session, once: of two who do so at once, the second waits for the row and finds it ended.
    public func endSession(
        _ session: SessionID, of user: UserID, because reason: EndReason, at time: Int
    ) async throws(StoreError) {
        let entry = AuditEntry(reason.auditKind, of: user, in: session, at: time)
        _ = try await transaction { connection -> Bool? in
            if try end(session, of: user, because: reason, at: time, connection) { try entry.add(to: connection) }
            return true
        }
    }
}

/// Ends a session, within a transaction, and tells the feed; false if it has ended already, or is not there.
func end(
    _ session: SessionID, of user: UserID, because reason: EndReason, at time: Int, _ connection: PostgresConnection
) throws -> Bool {
    let hasEnded =
        try connection.run(
            "UPDATE sessions SET ended_at = $1, end_reason = $2 WHERE id = $3 AND user_id = $4 AND ended_at IS NULL",
            [.integer(time), .text(reason.rawValue), .text(session.rawValue), .text(user.rawValue)]
        ).changes == 1
    if hasEnded { try Revocation(user: user, scope: .session(session)).add(to: connection) }
    return hasEnded
}

extension Session {
    fileprivate init(_ id: String, _ row: Row) throws(StoreError) {
        self.init(
            id: SessionID(rawValue: id), count: try row.integer("count"), createdAt: try row.integer("created_at"),
            lastUsedAt: try row.integer("last_used_at"), endedAt: row.integerIfAny("ended_at"),
            endReason: row.textIfAny("end_reason").flatMap(EndReason.init))
    }
}
