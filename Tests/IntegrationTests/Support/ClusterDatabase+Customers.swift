extension ClusterDatabase {
    /// Users who do not have all that a customer begins with: two accounts with seven bookings, and a plan with four
    /// contributions. Nobody, if no registration was ever half written.
    func incompleteUsers() async throws -> [String] {
        try await rows(
            """
            SELECT username FROM users WHERE
                (SELECT count(*) FROM accounts WHERE user_id = users.id) != 2
                OR (SELECT count(*) FROM transactions JOIN accounts ON accounts.id = account_id
                    WHERE user_id = users.id) != 7
                OR (SELECT count(*) FROM plans WHERE user_id = users.id) != 1
                OR (SELECT count(*) FROM contributions WHERE user_id = users.id) != 4
            """
        ).map { $0[0] }
    }

    /// The ids of the sessions that have ended.
    func endedSessions() async throws -> Set<String> {
        Set(try await rows("SELECT id FROM sessions WHERE ended_at IS NOT NULL").map { $0[0] })
    }
}
