import Foundation
import Holdings
import Testing

@Suite("Amounts and plans")
struct HoldingsTests {
    @Test(
        "Cents are written with two decimals and groups of three",
        arguments: [
            (0, "0.00"), (1, "0.01"), (9, "0.09"), (10, "0.10"), (99, "0.99"), (100, "1.00"), (-1, "-0.01"),
            (-5, "-0.05"),
            (-100, "-1.00"), (12_345, "123.45"), (99_999, "999.99"), (100_000, "1,000.00"), (-123_450, "-1,234.50"),
            (99_999_999, "999,999.99"), (100_000_000, "1,000,000.00"), (-100_000_000_050, "-1,000,000,000.50"),
            (.max, "92,233,720,368,547,758.07"), (.min, "-92,233,720,368,547,758.08"),
        ])
    func money(cents: Int, text: String) {
        #expect(Money.text(cents: cents) == text)
    }

    private func plan(_ contribution: Int, _ annualReturn: Int, _ months: Int, pot: [Int] = []) -> Plan {
        Plan(
            monthlyContribution: contribution, annualReturn: annualReturn, monthsLeft: months,
            contributions: pot.map { Contribution(paidAt: 0, amount: $0) })
    }

    @Test(
        "The projection is the closed formula's, to the cent",
        arguments: [
            (25_000, 400, 300, 100_000), (25_000, 400, 1, 100_000), (0, 400, 120, 100_000), (10_000, 1, 240, 0),
            (50_000, 1_200, 480, 5_000_000), (1, 400, 300, 1),
        ])
    func closedFormula(contribution: Int, annualReturn: Int, months: Int, pot: Int) {
        let i = Double(annualReturn) / 10_000 / 12
        let growth = pow(1 + i, Double(months))
        let expected = Double(pot) * growth + Double(contribution) * (growth - 1) / i
        let projected = plan(contribution, annualReturn, months, pot: [pot]).projectedPot
        #expect(abs(Double(projected) + 0.5 - expected) <= 1)
    }

    @Test("By hand: 12 % a year on 100.00 for two months, with 10.00 at each one's end")
    func byHand() {
        // 100 -> 101 + 10 = 111 -> 112.11 + 10 = 122.11
        #expect([12_211, 12_210].contains(plan(1_000, 1_200, 2, pot: [10_000]).projectedPot))
    }

    @Test("Without a return the pot grows by what is paid in")
    func noReturn() {
        #expect(plan(25_000, 0, 300, pot: [25_000, 75_000]).projectedPot == 100_000 + 300 * 25_000)
        #expect(plan(0, 0, 300, pot: [5]).projectedPot == 5)
    }

    @Test("Without months left the pot is what it is")
    func noMonths() {
        #expect(plan(25_000, 400, 0, pot: [25_000, 1]).projectedPot == 25_001)
        #expect(plan(25_000, 400, 0).projectedPot == 0)
    }

    @Test("A balance and a pot are the sums of what was booked")
    func sums() {
        let bookings = [100, -30, -100].map { Transaction(bookedAt: 0, description: "x", amount: $0) }
        #expect(Account(id: "1", name: "a", transactions: bookings).balance == -30)
        #expect(Account(id: "1", name: "a", transactions: []).balance == 0)
        #expect(plan(0, 0, 0, pot: [1, 2, 3]).pot == 6)
        #expect(plan(0, 0, 0).pot == 0)
    }

    @Test("Whoever registers begins with two accounts of different numbers, booked in the past, and a plan")
    func opening() {
        var number = 0
        let opening = Opening(at: 1_700_000_000) {
            number += 1
            return "\(number)"
        }
        #expect(opening.accounts.map(\.id) == ["1", "2"])
        #expect(opening.accounts.flatMap(\.transactions).allSatisfy { $0.bookedAt < 1_700_000_000 })
        #expect(opening.accounts.allSatisfy { $0.balance > 0 })
        #expect(opening.plan.contributions.allSatisfy { $0.paidAt < 1_700_000_000 && $0.amount > 0 })
        #expect(opening.plan.projectedPot > opening.plan.pot)
    }
}
