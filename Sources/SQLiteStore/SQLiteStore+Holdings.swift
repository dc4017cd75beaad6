import GRDB
public import Holdings
public import Identity

extension SQLiteStore {
    /// The user's accounts, by name, with their bookings, in one statement.
    public func accounts(of user: UserID) async throws(StoreError) -> [Account] {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT accounts.id, accounts.name, booked_at, description, amount
                    FROM accounts LEFT JOIN transactions ON transactions.account_id = accounts.id
                    WHERE user_id = ? ORDER BY accounts.name, accounts.id, booked_at DESC, transactions.id
                    """)
            return try Row.fetchAll(statement, arguments: [user.rawValue])
                .chunked { $0["id"] as String }
                .map { rows in
                    Account(
                        id: rows[0]["id"], name: rows[0]["name"],
                        transactions: rows.compactMap { row in
                            guard let amount = row["amount"] as Int? else { return nil }
                            return Transaction(
                                bookedAt: row["booked_at"], description: row["description"], amount: amount)
                        })
                }
        }
    }

    /// The user's plan with its contributions, in one statement.
    public func plan(of user: UserID) async throws(StoreError) -> Plan? {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT monthly_contribution, annual_return, months_left, paid_at, amount
                    FROM plans LEFT JOIN contributions ON contributions.user_id = plans.user_id
                    WHERE plans.user_id = ? ORDER BY paid_at DESC, contributions.id
                    """)
            let rows = try Row.fetchAll(statement, arguments: [user.rawValue])
            guard let first = rows.first else { return nil }
            return Plan(
                monthlyContribution: first["monthly_contribution"], annualReturn: first["annual_return"],
                monthsLeft: first["months_left"],
                contributions: rows.compactMap { row in
                    guard let amount = row["amount"] as Int? else { return nil }
                    return Contribution(paidAt: row["paid_at"], amount: amount)
                })
        }
    }
}

/// 18 random digits: among a million customers, two alike are not to be expected.
private func accountNumber() -> String { "\(Int.random(in: 100_000_000_000_000_000...999_999_999_999_999_999))" }

/// Adds what a new customer begins with, within the transaction that adds the customer.
func addOpening(of user: User, to database: Database) throws {
    let opening = Opening(at: user.createdAt, number: accountNumber)
    for account in opening.accounts {
        try database.cachedStatement(sql: "INSERT INTO accounts (id, user_id, name) VALUES (?, ?, ?)")
            .execute(arguments: [account.id, user.id.rawValue, account.name])
        for booking in account.transactions {
            try database.cachedStatement(
                sql: "INSERT INTO transactions (account_id, booked_at, description, amount) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [account.id, booking.bookedAt, booking.description, booking.amount])
        }
    }
    let plan = opening.plan
    try database.cachedStatement(
        sql: "INSERT INTO plans (user_id, monthly_contribution, annual_return, months_left) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [user.id.rawValue, plan.monthlyContribution, plan.annualReturn, plan.monthsLeft])
    for contribution in plan.contributions {
        try database.cachedStatement(sql: "INSERT INTO contributions (user_id, paid_at, amount) VALUES (?, ?, ?)")
            .execute(arguments: [user.id.rawValue, contribution.paidAt, contribution.amount])
    }
}

extension [Row] {
    /// Neighbours with the same key together, in their order.
    fileprivate func chunked(by key: (Row) -> String) -> [[Row]] {
        reduce(into: []) { chunks, row in
            if let last = chunks.last?.last, key(last) == key(row) {
                chunks[chunks.count - 1].append(row)
            } else {
                chunks.append([row])
            }
        }
    }
}
