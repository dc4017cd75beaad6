/// A customer's retirement plan.
public struct Plan: Sendable, Equatable {
    /// What is paid in each month from now on, in cents.
    public let monthlyContribution: Int
    /// The return that the projection assumes, in hundredths of a percent a year: 400 is 4 %.
    public let annualReturn: Int
    /// How many months of paying in are left, from 0 up.
    public let monthsLeft: Int
    /// What was paid in so far, newest first.
    public let contributions: [Contribution]

    /// A plan with all its contributions.
    public init(monthlyContribution: Int, annualReturn: Int, monthsLeft: Int, contributions: [Contribution]) {
        self.monthlyContribution = monthlyContribution
        self.annualReturn = annualReturn
        self.monthsLeft = monthsLeft
        self.contributions = contributions
    }

    /// What was paid in so far, in cents.
    public var pot: Int { contributions.reduce(0) { $0 + $1.amount } }

    /// What the pot grows to until retirement, in cents, rounded down.
    ///
    /// With the pot P, the contribution C at each month's end, n months left and a twelfth of the annual return i:
    /// P (1+i)^n + C ((1+i)^n - 1) / i, or P + C n without a return. Worked out month by month, which is the same sum.
    public var projectedPot: Int { projection[monthsLeft] }

    /// The pot today and after each month until retirement, in cents, rounded down.
    public var projection: [Int] {
        let monthly = Double(annualReturn) / 10_000 / 12
        var pot = Double(self.pot)
        return [self.pot]
            + (0..<monthsLeft).map { _ in
                pot += pot * monthly + Double(monthlyContribution)
                return Int(pot.rounded(.down))
            }
    }
}

/// One payment into a plan.
public struct Contribution: Sendable, Equatable {
    /// When it was paid, in whole seconds since 1970.
    public let paidAt: Int
    /// How much, in cents.
    public let amount: Int

    /// A payment.
    public init(paidAt: Int, amount: Int) {
        self.paidAt = paidAt
        self.amount = amount
    }
}
