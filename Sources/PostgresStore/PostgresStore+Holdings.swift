public import Holdings
public import Identity

extension PostgresStore {
    /// The user's accounts, by name, with their bookings, in one statement.
    public func accounts(of user: UserID) async throws(StoreError) -> [Account] {
        let rows = try await read(
            """
            SELECT accounts.id, accounts.name, booked_at, description, amount
            FROM accounts LEFT JOIN transactions ON transactions.account_id = accounts.id
            WHERE user_id = $1 ORDER BY accounts.name, accounts.id, booked_at DESC, transactions.id
            """, [.text(user.rawValue)]
        ).rows
        var accounts: [Account] = []
        for row in rows {
            let id = try row.text("id")
            var transactions = accounts.last?.id == id ? accounts.removeLast().transactions : []
            if let amount = row.integerIfAny("amount") {
                transactions.append(
                    Transaction(
                        bookedAt: try row.integer("booked_at"), description: try row.text("description"),
                        amount: amount))
            }
            accounts.append(Account(id: id, name: try row.text("name"), transactions: transactions))
        }
        return accounts
    }

    /// The user's plan with its contributions, in one statement.
    public func plan(of user: UserID) async throws(StoreError) -> Plan? {
        let rows = try await read(
            """
            SELECT monthly_contribution, annual_return, months_left, paid_at, amount
            FROM plans LEFT JOIN contributions ON contributions.user_id = plans.user_id
            WHERE plans.user_id = $1 ORDER BY paid_at DESC, contributions.id
            """, [.text(user.rawValue)]
        ).rows
        guard let first = rows.first else { return nil }
        var contributions: [Contribution] = []
        for row in rows {
            guard let amount = row.integerIfAny("amount") else { continue }
            contributions.append(Contribution(paidAt: try row.integer("paid_at"), amount: amount))
        }
        return Plan(
            monthlyContribution: try first.integer("monthly_contribution"),
            annualReturn: try first.integer("annual_return"), monthsLeft: try first.integer("months_left"),
            contributions: contributions)
    }
}

/// 18 random digits: among a million customers, two alike are not to be expected.
private func accountNumber() -> String { "\(Int.random(in: 100_000_000_000_000_000...999_999_999_999_999_999))" }

/// Adds what a new customer begins with, within the transaction that adds the customer: a statement for each table.
func addOpening(of user: User, to connection: PostgresConnection) throws {
    let opening = Opening(at: user.createdAt, number: accountNumber)
    let plan = opening.plan
    let owner = Parameter.text(user.id.rawValue)
    try connection.insert(
        "accounts (id, user_id, name)", opening.accounts.map { [.text($0.id), owner, .text($0.name)] })
    try connection.insert(
        "transactions (account_id, booked_at, description, amount)",
        opening.accounts.flatMap { account -> [[Parameter]] in
            account.transactions.map {
                [.text(account.id), .integer($0.bookedAt), .text($0.description), .integer($0.amount)]
            }
        })
    try connection.insert(
        "plans (user_id, monthly_contribution, annual_return, months_left)",
        [[owner, .integer(plan.monthlyContribution), .integer(plan.annualReturn), .integer(plan.monthsLeft)]])
    try connection.insert(
        "contributions (user_id, paid_at, amount)",
        plan.contributions.map { [owner, .integer($0.paidAt), .integer($0.amount)] })
}

extension PostgresConnection {
    /// Adds rows in one statement.
    fileprivate func insert(_ table: String, _ rows: [[Parameter]]) throws(PostgresError) {
        var number = 0
        let marks = rows.map { row in
            let marks = row.map { _ -> String in
                number += 1
                return "$\(number)"
            }
            return "(\(marks.joined(separator: ", ")))"
        }
        _ = try run("INSERT INTO \(table) VALUES \(marks.joined(separator: ", "))", rows.flatMap { $0 })
    }
}
