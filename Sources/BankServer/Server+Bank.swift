import Holdings
import Identity
public import SSOServer
import Tokens

extension Server {
    /// The bank: the shared sign-in, and the customer's accounts.
    public static let bank = Server(
        name: "bank", title: "Bank", port: 8081,
        peer: Peer(name: "retirement", title: "Retirement plan", port: 8082),
        emblem: """
            <path d="M6 13 16 7l10 6v2H6zM8 17h3v6H8zm6.500 0h3v6h-3zM21 17h3v6h-3zM6 24h20v2H6z" fill="var(--accent-ink)"/>
            """,
        dataName: "accounts",
        data: { user, store throws(StoreError) in
            JSONWriter.array(try await store.accounts(of: user).map(\.json))
        },
        dataSchema: PackageResources.accounts_schema_json,
        homeTemplate: PackageResources.accounts_mustache,
        home: { user, store throws(StoreError) in
            ["accounts": try await store.accounts(of: user).map(\.view)]
        })
}

extension Account {
    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.add("id", id)
        json.add("name", name)
        json.add("currency", "EUR")
        json.add("balance", balance)
        json.add(
            "transactions",
            json: JSONWriter.array(
                transactions.map { transaction in
                    var json = JSONWriter()
                    json.add("booked_at", transaction.bookedAt)
                    json.add("description", transaction.description)
                    json.add("amount", transaction.amount)
                    return json.bytes
                }))
        return json.bytes
    }

    fileprivate var view: [String: any Sendable] {
        [
            "name": name, "number": id, "balance": Money.text(cents: balance),
            "transactions": transactions.map { transaction -> [String: any Sendable] in
                [
                    "date": Day(transaction.bookedAt).text, "what": transaction.description,
                    "amount": Money.text(cents: transaction.amount), "isIncome": transaction.amount > 0,
                ]
            },
        ]
    }
}
