/// One of a customer's accounts at the bank, with its latest bookings.
public struct Account: Sendable, Equatable {
    /// The account's number.
    public let id: String
    /// What the customer calls it, such as `Everyday`.
    public let name: String
    /// The bookings, newest first.
    public let transactions: [Transaction]

    /// The sum of the bookings, in cents.
    public var balance: Int { transactions.reduce(0) { $0 + $1.amount } }

    /// An account with all its bookings.
    public init(id: String, name: String, transactions: [Transaction]) {
        self.id = id
        self.name = name
        self.transactions = transactions
    }
}

/// One booking.
public struct Transaction: Sendable, Equatable {
    /// When it was booked, in whole seconds since 1970.
    public let bookedAt: Int
    /// What for.
    public let description: String
    /// How much, in cents: above 0 what came in, below 0 what went out.
    public let amount: Int

    /// A booking.
    public init(bookedAt: Int, description: String, amount: Int) {
        self.bookedAt = bookedAt
        self.description = description
        self.amount = amount
    }
}
