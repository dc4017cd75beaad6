import Curl
import Harness
import Testing

@Suite("Signed in at one server, with a bearer token")
struct BearerTests {
    @Test("The other server tells you your claims without any read of the database", arguments: Direction.allCases)
    func meAtTheOther(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let token = try claims(of: alice.accessToken)
            #expect(token["iss"]?.string == stage.here.name)
            #expect(token["name"]?.string == "alice")
            #expect(token["count"]?.integer == 0)

            let me = try await alice.get(stage.there, "/api/me")
            #expect(me.status == 200)
            #expect(me.json("server") == stage.there.name)
            #expect(me.response.jsonKeys == (token.keys + ["server"]).sorted())
            for claim in token.keys {
                #expect(me.json?[claim] == token[claim], "\(claim)")
            }
            #expect(me.serverTiming == ServerTiming(auth: 0, db: 0))
            #expect(me.header("Cache-Control") == "no-store")
        }
    }

    @Test("The other server gives you its own data, and looks up nothing to know you", arguments: Direction.allCases)
    func dataOfTheOther(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let answer = try await alice.get(stage.there, stage.there.dataPath)
            #expect(answer.status == 200)
            #expect(answer.json("server") == stage.there.name)
            #expect(answer.json("name") == "alice")
            let timing = try #require(answer.serverTiming)
            #expect(timing.auth == 0)
            #expect(timing.db > 0)
            #expect(answer.header("Cache-Control") == "no-store")

            switch direction {
            case .bankToRetirement: try expectPlan(try #require(answer.json?["plan"]))
            case .retirementToBank: try expectAccounts(try #require(answer.json?["accounts"]?.array))
            }
            // What is the other's own is not here.
            #expect(try await alice.get(stage.here, stage.there.dataPath).status == 404)
        }
    }

    @Test("Everybody sees their own accounts", arguments: Direction.allCases)
    func ownAccounts(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let numbersOfAlice = try await accountNumbers(try await stage.program(of: "alice"), stage.cluster.bank)
            let numbersOfBob = try await accountNumbers(try await stage.program(of: "bob"), stage.cluster.bank)
            #expect(!numbersOfAlice.isEmpty)
            #expect(!numbersOfBob.isEmpty)
            #expect(numbersOfAlice.isDisjoint(with: numbersOfBob))
        }
    }

    @Test("Everybody sees their own plan", arguments: Direction.allCases)
    func ownPlan(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let alice = try await stage.program(of: "alice")
            let bob = try await stage.program(of: "bob")
            let before = try await plan(of: alice, stage)
            // Everybody begins alike, so Bob is made another.
            try await stage.database.execute(
                "UPDATE plans SET monthly_contribution = 12345 WHERE user_id = (SELECT id FROM users WHERE username = 'bob')"
            )
            try await stage.database.execute(
                """
                INSERT INTO contributions (user_id, paid_at, amount)
                SELECT id, 1, 777 FROM users WHERE username = 'bob'
                """)

            #expect(try await plan(of: alice, stage) == before)
            let bobs = try await plan(of: bob, stage)
            #expect(bobs["monthly_contribution"]?.integer == 12345)
            #expect(bobs["contributions"]?.array?.count == (before["contributions"]?.array?.count ?? 0) + 1)
            #expect(bobs["pot"]?.integer == (before["pot"]?.integer ?? 0) + 777)
            let page = try await stage.browser(of: "bob").get(stage.cluster.retirement, "/")
            #expect(page.text.contains("123.45"))
        }
    }

    private func plan(of program: Visitor, _ stage: Stage) async throws -> JSONValue {
        try #require(try await program.get(stage.cluster.retirement, "/api/plan").json?["plan"])
    }

    private func accountNumbers(_ program: Visitor, _ bank: ServerProcess) async throws -> Set<String> {
        let accounts = try #require(try await program.get(bank, "/api/accounts").json?["accounts"]?.array)
        return Set(try accounts.map { try #require($0["id"]?.string) })
    }

    private func expectAccounts(_ accounts: [JSONValue]) throws {
        #expect(!accounts.isEmpty)
        for account in accounts {
            let amounts = try #require(account["transactions"]?.array).map { try #require($0["amount"]?.integer) }
            #expect(!amounts.isEmpty)
            #expect(account["balance"]?.integer == amounts.reduce(0, +))
        }
    }

    private func expectPlan(_ plan: JSONValue) throws {
        let amounts = try #require(plan["contributions"]?.array).map { try #require($0["amount"]?.integer) }
        #expect(!amounts.isEmpty)
        let pot = amounts.reduce(0, +)
        #expect(plan["pot"]?.integer == pot)
        #expect((plan["monthly_contribution"]?.integer ?? 0) > 0)
        #expect((plan["projected_pot"]?.integer ?? 0) > pot)
    }
}
