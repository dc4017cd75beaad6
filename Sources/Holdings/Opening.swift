/// What every new customer begins with, made once, with the user: two accounts at the bank and a plan.
public struct Opening: Sendable {
    /// The accounts.
    public let accounts: [Account]
    /// The plan.
    public let plan: Plan

    private static let day = 86_400

    /// The opening of a customer who registers at `time`, in whole seconds since 1970.
    ///
    /// - Parameter number: makes account numbers that nobody else has; called once for each account.
    public init(at time: Int, number: () -> String) {
        func booking(daysAgo: Int, _ description: String, _ amount: Int) -> Transaction {
            Transaction(bookedAt: time - daysAgo * Self.day, description: description, amount: amount)
        }
        accounts = [
            Account(
                id: number(), name: "Everyday",
                transactions: [
                    booking(daysAgo: 1, "Bakery", -640),
                    booking(daysAgo: 3, "Groceries", -5_480),
                    booking(daysAgo: 6, "Electricity", -7_900),
                    booking(daysAgo: 9, "Rent", -98_000),
                    booking(daysAgo: 10, "Salary", 285_000),
                ]),
            Account(
                id: number(), name: "Savings",
                transactions: [
                    booking(daysAgo: 9, "Standing order", 30_000),
                    booking(daysAgo: 39, "Opening deposit", 500_000),
                ]),
        ]
        plan = Plan(
            monthlyContribution: 25_000, annualReturn: 400, monthsLeft: 300,
            contributions: [8, 38, 69, 99].map { Contribution(paidAt: time - $0 * Self.day, amount: 25_000) })
    }
}
