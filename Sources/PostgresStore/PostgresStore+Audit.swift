public import Identity

extension PostgresStore {
    /// Adds an event that changed nothing.
    public func record(
        _ kind: AuditEvent.Kind, of user: UserID?, in session: SessionID?, detail: String?, at time: Int
    ) async throws(StoreError) {
        let entry = AuditEntry(kind, of: user, in: session, detail: detail, at: time)
        guard kind == .refreshRefused, let session else {
            return try await call { try entry.add(to: $0, alone: true) }
        }
        _ = try await transaction { connection -> Bool? in
            // Anybody who has a revoked token can have it refused as often as they like. Two at one moment may both be
            // recorded.
            let latest = try connection.run(
                """
                SELECT max(at) AS latest FROM audit
                WHERE user_id = $1 AND session_id = $2 AND event = $3 AND id > (SELECT max(id) FROM audit) - 10000
                """, [.text(user?.rawValue), .text(session.rawValue), .text(kind.rawValue)]
            ).first?.integerIfAny("latest")
            // One from the future was written by a clock that was wrong, and hides nothing.
            if let latest, (0..<60).contains(time - latest) { return nil }
            try entry.add(to: connection)
            return true
        }
    }

    /// Reads events, the newest so many of those that the filter lets pass.
    public func events(_ filter: AuditFilter) async throws(StoreError) -> [AuditEvent] {
        var conditions = ["at >= $1", "audit.id > $2"]
        var parameters: [Parameter] = [.integer(filter.since), .integer(filter.after ?? 0)]
        /// The mark of a parameter more.
        func mark(_ parameter: Parameter) -> String {
            parameters.append(parameter)
            return "$\(parameters.count)"
        }
        if let user = filter.user { conditions.append("user_id = \(mark(.text(user.rawValue)))") }
        // A newer server's other kinds cannot be told, and must not take the place of those that can.
        let kinds = filter.kinds.isEmpty ? AuditEvent.Kind.allCases.map(\.rawValue) : filter.kinds.map(\.rawValue)
        conditions.append("event IN (\(kinds.map { mark(.text($0)) }.joined(separator: ", ")))")
        // Whoever follows the record wants what came next; whoever looks at it, what is newest.
        let order = filter.after != nil ? "ASC" : "DESC"
        let limit = mark(.integer(filter.limit))
        let rows = try await read(
            """
            SELECT audit.id, at, event, user_id, session_id, server, address, request_id, detail, username
            FROM audit LEFT JOIN users ON users.id = user_id
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY audit.id \(order) LIMIT \(limit)
            """, parameters
        ).rows
        var events: [AuditEvent] = []
        for row in filter.after != nil ? rows : rows.reversed() {
            if let event = try AuditEvent(row) { events.append(event) }
        }
        return events
    }
}

extension AuditEntry {
    /// Adds the event, within the transaction that does what it tells of, or by itself.
    func add(to connection: PostgresConnection, alone: Bool = false) throws {
        let sql = """
            INSERT INTO audit (at, event, user_id, session_id, server, address, request_id, detail)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """
        let parameters: [Parameter] = [
            .integer(time), .text(kind.rawValue), .text(user?.rawValue), .text(session?.rawValue),
            .text(origin.server), .text(origin.address), .text(origin.requestID), .text(detail),
        ]
        _ = try alone ? connection.alone(sql, parameters) : connection.run(sql, parameters)
    }
}

extension AuditEvent {
    /// An event as it was written; nil if a newer version of the program wrote one that is not known here.
    fileprivate init?(_ row: Row) throws(StoreError) {
        guard let kind = Kind(rawValue: try row.text("event")) else { return nil }
        self.init(
            id: try row.integer("id"), time: try row.integer("at"), kind: kind,
            user: row.textIfAny("user_id").map(UserID.init), userName: row.textIfAny("username"),
            session: row.textIfAny("session_id").map(SessionID.init),
            origin: AuditOrigin(
                server: try row.text("server"), address: row.textIfAny("address"),
                requestID: row.textIfAny("request_id")),
            detail: row.textIfAny("detail"))
    }
}
