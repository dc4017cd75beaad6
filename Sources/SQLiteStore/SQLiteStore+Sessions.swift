import GRDB
public import Identity

extension SQLiteStore {
    /// Begins a session under the user's count, if they still have that password.
    public func beginSession(
        _ session: SessionID, of user: UserID, provided password: PasswordHash, refresh stamp: RefreshStamp?,
        at time: Int, forgettingUnusedSince cutoff: Int
    ) async throws(StoreError) -> Int? {
        let entry = AuditEntry(.signedIn, of: user, in: session, at: time)
        return try await write { database in
            var count: Int?
            try database.inTransaction(.immediate) {
                try database.cachedStatement(sql: "DELETE FROM sessions WHERE user_id = ? AND last_used_at <= ?")
                    .execute(arguments: [user.rawValue, cutoff])
                count = try database.returned(
                    sql: """
                        INSERT INTO sessions
                            (id, user_id, count, created_at, last_used_at, refresh_hash, refreshed_at, refreshed_by)
                        SELECT ?, id, count, ?, ?, ?, ?, ? FROM users WHERE id = ? AND password_hash = ?
                        RETURNING count
                        """,
                    [
                        session.rawValue, time, time, stamp?.hash, stamp?.issuedAt, stamp?.issuer, user.rawValue,
                        password.phc,
                    ])
                if count != nil { try entry.add(to: database) }
                return .commit
            }
            return count
        }
    }

    /// Notes a session's use and reads the user's count, in one statement, which is one transaction.
    ///
    /// Who uses a session like this hands out tokens of which it remembers none, so it forgets those it remembers: should
    /// tokens rotate again, it takes the first that comes.
    public func useSession(
        _ session: SessionID, of user: UserID, at time: Int
    ) async throws(StoreError) -> SessionState? {
        try await write { database in
            // It returns ended_at itself: SQLite 3.40 gives a wrong answer to "ended_at IS NOT NULL" in RETURNING here.
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE sessions SET
                        last_used_at = max(last_used_at, ?), refresh_hash = NULL, previous_refresh_hash = NULL
                    WHERE id = ? AND user_id = ?
                    RETURNING
                        ended_at,
                        (SELECT username FROM users WHERE users.id = user_id) AS username,
                        (SELECT users.count FROM users WHERE users.id = user_id) AS count
                    """)
            let rows = try Row.fetchAll(statement, arguments: [time, session.rawValue, user.rawValue])
            // Without its user, whom somebody may have deleted by hand, a session is none.
            guard let row = rows.first, let username = row["username"] as String?, let count = row["count"] as Int?
            else {
                return nil
            }
            return SessionState(
                userName: try userName(username), count: count, hasEnded: row["ended_at"] as Int? != nil)
        }
    }

    /// The user's count and sessions.
    public func sessions(of user: UserID) async throws(StoreError) -> UserSessions? {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT
                        users.count AS user_count, sessions.id, sessions.count, sessions.created_at, last_used_at, ended_at, end_reason
                    FROM users LEFT JOIN sessions ON sessions.user_id = users.id
                    WHERE users.id = ? ORDER BY last_used_at DESC, sessions.created_at DESC, sessions.id
                    """)
            let rows = try Row.fetchAll(statement, arguments: [user.rawValue])
            guard let first = rows.first else { return nil }
            let sessions = rows.compactMap { row -> Session? in
                guard let id = row["id"] as String? else { return nil }
                return Session(id, row)
            }
            return UserSessions(count: first["user_count"], sessions: sessions)
        }
    }

    /// The session, its user's name and their count.
    public func session(_ session: SessionID) async throws(StoreError) -> OwnedSession? {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT
                        users.id AS user_id, username, users.count AS user_count,
                        sessions.count, sessions.created_at, last_used_at, ended_at, end_reason
                    FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = ?
                    """)
            guard let row = try Row.fetchOne(statement, arguments: [session.rawValue]) else { return nil }
            return OwnedSession(
                user: UserID(rawValue: row["user_id"]), userName: try userName(row["username"]),
                userCount: row["user_count"],
                session: Session(session.rawValue, row))
        }
    }

    /// Ends one session, once.
    public func endSession(
        _ session: SessionID, of user: UserID, because reason: EndReason, at time: Int
    ) async throws(StoreError) {
        let entry = AuditEntry(reason.auditKind, of: user, in: session, at: time)
        try await write { database in
            try database.inTransaction(.immediate) {
                if try end(session, of: user, because: reason, at: time, in: database) { try entry.add(to: database) }
                return .commit
            }
        }
    }
}

extension Session {
    fileprivate init(_ id: String, _ row: Row) {
        self.init(
            id: SessionID(rawValue: id), count: row["count"], createdAt: row["created_at"],
            lastUsedAt: row["last_used_at"], endedAt: row["ended_at"],
            endReason: (row["end_reason"] as String?).flatMap(EndReason.init))
    }
}
