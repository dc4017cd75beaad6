import GRDB
public import Identity

extension SQLiteStore {
    /// Queues a mail with a reset link, and notes when.
    public func queueResetMail(
        for name: UserName, linkTo origin: String, at time: Int, pause: Int
    ) async throws(StoreError) -> Bool {
        let asker = AuditOrigin.current
        return try await write { database in
            var isQueued = false
            try database.inTransaction(.immediate) {
                // A time in the future was written by a clock that was wrong, and holds nobody up.
                let user: String? = try database.returned(
                    sql: """
                        UPDATE users SET reset_mail_at = ?
                        WHERE username_key = ? AND email IS NOT NULL
                            AND (reset_mail_at IS NULL OR reset_mail_at NOT BETWEEN ? AND ?)
                        RETURNING id
                        """,
                    [time, name.key, time - pause + 1, time])
                guard let user = user.map(UserID.init) else { return .rollback }
                try addMail(.passwordReset, to: user, linkTo: origin, at: time, in: database)
                try AuditEntry(.resetMailAsked, of: user, in: nil, at: time, from: asker).add(to: database)
                isQueued = true
                return .commit
            }
            return isQueued
        }
    }

    /// Replaces the password and adds one to the count, whatever the password was.
    public func resetPassword(
        of user: UserID, to new: PasswordHash, count: Int, at time: Int
    ) async throws(StoreError) -> Int? {
        try await changeCount(AuditEntry(.passwordReset, of: user, in: nil, at: time)) { database in
            let newCount: Int? = try database.returned(
                sql: "UPDATE users SET password_hash = ?, count = count + 1 WHERE id = ? AND count = ? RETURNING count",
                [new.phc, user.rawValue, count])
            if newCount != nil { try addMail(.passwordChanged, to: user, at: time, in: database) }
            return newCount
        }
    }

    /// The kinds that this version can write, as SQL: a newer server's others wait for it.
    private static let kinds = MailKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Takes the mail that is due longest, in one statement. Nothing is written while none is due. One that cannot be read
    /// is removed, as it never will be.
    public func takeMail(at time: Int, until lease: Int) async throws(StoreError) -> QueuedMail? {
        let isAnyDue = try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM mails WHERE next_attempt_at <= ? AND kind IN (\(Self.kinds)) LIMIT 1")
            return try Int.fetchOne(statement, arguments: [time]) != nil
        }
        guard isAnyDue else { return nil }
        return try await write { database in
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE mails SET next_attempt_at = ?, attempts = attempts + 1
                    WHERE id = (
                        SELECT id FROM mails WHERE next_attempt_at <= ? AND kind IN (\(Self.kinds))
                        ORDER BY next_attempt_at, id LIMIT 1)
                    RETURNING
                        id, kind, user_id, recipient, mails.count, origin, created_at, attempts,
                        (SELECT username FROM users WHERE users.id = user_id) AS username,
                        (SELECT users.count FROM users WHERE users.id = user_id) AS user_count
                    """)
            guard let row = try Row.fetchAll(statement, arguments: [lease, time]).first else { return nil }
            guard let mail = QueuedMail(row) else {
                let id: String = row["id"]
                try database.execute(sql: "DELETE FROM mails WHERE id = ?", arguments: [id])
                throw StoreError.failed("the queued mail \(id) was malformed, and is removed")
            }
            return mail
        }
    }

    /// Removes a mail, if it is still its taker's.
    public func removeMail(_ mail: QueuedMail) async throws(StoreError) {
        try await write { database in
            try database.cachedStatement(sql: "DELETE FROM mails WHERE id = ? AND attempts = ?")
                .execute(arguments: [mail.id, mail.attempt])
        }
    }

    /// Says when a mail is to be taken again, if it is still its taker's.
    public func postponeMail(_ mail: QueuedMail, until time: Int) async throws(StoreError) {
        try await write { database in
            try database.cachedStatement(sql: "UPDATE mails SET next_attempt_at = ? WHERE id = ? AND attempts = ?")
                .execute(arguments: [time, mail.id, mail.attempt])
        }
    }
}

/// Queues a mail within the transaction that does what the mail is about. A user without an address gets none.
func addMail(
    _ kind: MailKind, to user: UserID, linkTo origin: String? = nil, at time: Int, in database: Database
) throws {
    try database.cachedStatement(
        sql: """
            INSERT INTO mails (id, kind, user_id, recipient, count, origin, created_at, next_attempt_at)
            SELECT lower(hex(randomblob(16))), ?, id, email, count, ?, ?, ?
            FROM users WHERE id = ? AND email IS NOT NULL
            """
    ).execute(arguments: [kind.rawValue, origin, time, time, user.rawValue])
}

extension QueuedMail {
    /// Nil if the row says something that no mail says.
    fileprivate init?(_ row: Row) {
        guard let kind = MailKind(rawValue: row["kind"]), let recipient = try? EmailAddress(row["recipient"]),
            let username = row["username"] as String?, let userName = try? UserName(username)
        else { return nil }
        self.init(
            id: row["id"], kind: kind, recipient: recipient, user: UserID(rawValue: row["user_id"]),
            userName: userName, count: row["count"], userCount: row["user_count"], origin: row["origin"],
            createdAt: row["created_at"], attempt: row["attempts"])
    }
}
