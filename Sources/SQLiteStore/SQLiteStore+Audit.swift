import GRDB
public import Identity

extension SQLiteStore {
    /// Adds an event that changed nothing.
    public func record(
        _ kind: AuditEvent.Kind, of user: UserID?, in session: SessionID?, detail: String?, at time: Int
    ) async throws(StoreError) {
        let entry = AuditEntry(kind, of: user, in: session, detail: detail, at: time)
        try await write { database in
            guard kind == .refreshRefused, let session else { return try entry.add(to: database) }
            try database.inTransaction(.immediate) {
                // Anybody who has a revoked token can have it refused as often as they like.
                let latest = try Int.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT max(at) FROM audit
                            WHERE user_id = ? AND session_id = ? AND event = ? AND id > (SELECT max(id) FROM audit) - 10000
                            """), arguments: [user?.rawValue, session.rawValue, kind.rawValue])
                // One from the future was written by a clock that was wrong, and hides nothing.
                if let latest, (0..<60).contains(time - latest) { return .rollback }
                try entry.add(to: database)
                return .commit
            }
        }
    }

    /// Reads events, the newest so many of those that the filter lets pass.
    public func events(_ filter: AuditFilter) async throws(StoreError) -> [AuditEvent] {
        try await read { database in
            var conditions = ["at >= ?", "audit.id > ?"]
            var arguments: StatementArguments = [filter.since, filter.after ?? 0]
            if let user = filter.user {
                conditions.append("user_id = ?")
                arguments += [user.rawValue]
            }
            // A newer server's other kinds cannot be told, and must not take the place of those that can.
            let kinds = filter.kinds.isEmpty ? AuditEvent.Kind.allCases.map(\.rawValue) : filter.kinds.map(\.rawValue)
            conditions.append("event IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(kinds)
            // Whoever follows the record wants what came next; whoever looks at it, what is newest.
            let order = filter.after != nil ? "ASC" : "DESC"
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT audit.*, username FROM audit LEFT JOIN users ON users.id = user_id
                        WHERE \(conditions.joined(separator: " AND ")) ORDER BY audit.id \(order) LIMIT ?
                        """), arguments: arguments + [filter.limit])
            return (filter.after != nil ? rows : rows.reversed()).compactMap(AuditEvent.init)
        }
    }
}

extension AuditEntry {
    /// Adds the event, within the transaction that does what it tells of.
    func add(to database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO audit (at, event, user_id, session_id, server, address, request_id, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                time, kind.rawValue, user?.rawValue, session?.rawValue, origin.server, origin.address,
                origin.requestID, detail,
            ])
    }
}

extension AuditEvent {
    /// An event as it was written; nil if a newer version of the program wrote one that is not known here.
    fileprivate init?(_ row: Row) {
        guard let kind = Kind(rawValue: row["event"]) else { return nil }
        self.init(
            id: row["id"], time: row["at"], kind: kind,
            user: (row["user_id"] as String?).map(UserID.init), userName: row["username"],
            session: (row["session_id"] as String?).map(SessionID.init),
            origin: AuditOrigin(server: row["server"], address: row["address"], requestID: row["request_id"]),
            detail: row["detail"])
    }
}
