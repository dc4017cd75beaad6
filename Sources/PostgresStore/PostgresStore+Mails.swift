public import Identity

extension PostgresStore {
    /// Queues a mail with a reset link, and notes when: of those who ask at once, the second waits for the user's row,
    /// and finds that one was queued.
    public func queueResetMail(
        for name: UserName, linkTo origin: String, at time: Int, pause: Int
    ) async throws(StoreError) -> Bool {
        let asker = AuditOrigin.current
        let isQueued = try await transaction { connection -> Bool? in
            // A time in the future was written by a clock that was wrong, and holds nobody up.
            let row = try connection.run(
                """
                UPDATE users SET reset_mail_at = $1
                WHERE username_key = $2 AND email IS NOT NULL
                    AND (reset_mail_at IS NULL OR reset_mail_at NOT BETWEEN $3 AND $1)
                RETURNING id
                """, [.integer(time), .text(name.key), .integer(time - pause + 1)]
            ).first
            guard let row else { return nil }
            let user = UserID(rawValue: try row.text("id"))
            try addMail(.passwordReset, to: user, linkTo: origin, at: time, in: connection)
            try AuditEntry(.resetMailAsked, of: user, in: nil, at: time, from: asker).add(to: connection)
            return true
        }
        return isQueued ?? false
    }

    /// Replaces the password and adds one to the count, whatever the password was.
    public func resetPassword(
        of user: UserID, to new: PasswordHash, count: Int, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.passwordReset, of: user, in: nil, at: time)) { connection in
            let newCount = try connection.run(
                """
                UPDATE users SET password_hash = $1, count = count + 1 WHERE id = $2 AND count = $3 RETURNING count
                """, [.text(new.phc), .text(user.rawValue), .integer(count)]
            ).first?.integer("count")
            if newCount != nil { try addMail(.passwordChanged, to: user, at: time, in: connection) }
            return newCount
        }
    }

    /// The kinds that this version can write, as SQL: a newer server's others wait for it.
    private static let kinds = MailKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Takes the mail that is due longest, in one statement. One that another takes at this moment is passed over. One that
    /// cannot be read is removed, as it never will be.
    public func takeMail(at time: Int, until lease: Int) async throws(StoreError) -> QueuedMail? {
        let row = try await change(
            """
            UPDATE mails SET next_attempt_at = $1, attempts = attempts + 1
            WHERE id = (
                SELECT id FROM mails WHERE next_attempt_at <= $2 AND kind IN (\(Self.kinds))
                ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING
                id, kind, user_id, recipient, mails.count, origin, created_at, attempts,
                (SELECT username FROM users WHERE users.id = user_id) AS username,
                (SELECT users.count FROM users WHERE users.id = user_id) AS user_count
            """, [.integer(lease), .integer(time)]
        ).first
        guard let row else { return nil }
        guard let mail = try? QueuedMail(row) else {
            let id = try row.text("id")
            _ = try await change("DELETE FROM mails WHERE id = $1", [.text(id)])
            throw .failed("the queued mail \(id) was malformed, and is removed")
        }
        return mail
    }

    /// Removes a mail, if it is still its taker's.
    public func removeMail(_ mail: QueuedMail) async throws(StoreError) {
        _ = try await change(
            "DELETE FROM mails WHERE id = $1 AND attempts = $2", [.text(mail.id), .integer(mail.attempt)])
    }

    /// Says when a mail is to be taken again, if it is still its taker's.
    public func postponeMail(_ mail: QueuedMail, until time: Int) async throws(StoreError) {
        _ = try await change(
            "UPDATE mails SET next_attempt_at = $1 WHERE id = $2 AND attempts = $3",
            [.integer(time), .text(mail.id), .integer(mail.attempt)])
    }
}

/// Queues a mail within the transaction that does what the mail is about. A user without an address gets none.
func addMail(
    _ kind: MailKind, to user: UserID, linkTo origin: String? = nil, at time: Int, in connection: PostgresConnection
) throws {
    let id = randomBytes(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    _ = try connection.run(
        """
        INSERT INTO mails (id, kind, user_id, recipient, count, origin, created_at, next_attempt_at)
        SELECT $1, $2, id, email, count, $3, $4, $4 FROM users WHERE id = $5 AND email IS NOT NULL
        """, [.text(id), .text(kind.rawValue), .text(origin), .integer(time), .text(user.rawValue)])
}

extension QueuedMail {
    fileprivate init(_ row: Row) throws(StoreError) {
        guard let kind = MailKind(rawValue: try row.text("kind")),
            let recipient = try? EmailAddress(try row.text("recipient"))
        else { throw .failed("a queued mail in the database is malformed") }
        self.init(
            id: try row.text("id"), kind: kind, recipient: recipient, user: UserID(rawValue: try row.text("user_id")),
            userName: try row.userName(), count: try row.integer("count"), userCount: try row.integer("user_count"),
            origin: row.textIfAny("origin"), createdAt: try row.integer("created_at"),
            attempt: try row.integer("attempts"))
    }
}
