import Holdings
import Identity
public import SSOServer
import Tokens

extension Server {
    /// The retirement server: the shared sign-in, and the customer's plan.
    public static let retirement = Server(
        name: "retirement", title: "Retirement plan", port: 8082,
        peer: Peer(name: "bank", title: "Bank", port: 8081),
        emblem: """
            <path d="M16 26V14m0 4c-5 0-7-3-7-7 4 0 7 2 7 7zm0-3c0-4 3-6 7-6 0 5-3 7-7 7z" fill="none"
            stroke="var(--accent-ink)" stroke-width="2.4" stroke-linejoin="round" stroke-linecap="round"/>
            """,
        dataName: "plan",
        data: { user, store throws(StoreError) in
            try await store.plan(of: user)?.json ?? Array("null".utf8)
        },
        dataSchema: PackageResources.plan_schema_json,
        homeTemplate: PackageResources.plan_mustache,
        home: { user, store throws(StoreError) in
            try await store.plan(of: user)?.view ?? [:]
        })
}

extension Plan {
    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.add("currency", "EUR")
        json.add("pot", pot)
        json.add("projected_pot", projectedPot)
        json.add("monthly_contribution", monthlyContribution)
        json.add("annual_return_basis_points", annualReturn)
        json.add("months_left", monthsLeft)
        json.add(
            "contributions",
            json: JSONWriter.array(
                contributions.map { contribution in
                    var json = JSONWriter()
                    json.add("paid_at", contribution.paidAt)
                    json.add("amount", contribution.amount)
                    return json.bytes
                }))
        return json.bytes
    }

    fileprivate var view: [String: any Sendable] {
        [
            "pot": Money.text(cents: pot), "projectedPot": Money.text(cents: projectedPot),
            "monthly": Money.text(cents: monthlyContribution), "yearsLeft": monthsLeft / 12,
            "annualReturn": Money.text(cents: annualReturn), "chart": GrowthChart(self).view,
            "contributions": contributions.map { contribution -> [String: any Sendable] in
                ["date": Day(contribution.paidAt).text, "amount": Money.text(cents: contribution.amount)]
            },
        ]
    }
}
