import Curl
import Harness

extension Story {
    func theTraditionalWay() async throws {
        let local = try await measure(
            "sessions in memory", ["--auth", "sessions", "--session-store", "local"], cookie: "sso_session")
        expect("in memory, a request costs no read", local.statements == 0, seen: "\(local.statements)")
        expect("but the other server knows nothing of it", !local.isKnownThere, seen: "known there")
        expect("and a restart forgets everybody", !local.survivesRestart, seen: "still signed in")
        expect("a copy is worthless once its owner has signed out", !local.outlivesSignOut, seen: "still good")

        let shared = try await measure(
            "sessions in a shared store", ["--auth", "sessions", "--session-store", "shared"], cookie: "sso_session")
        expect("in a shared store, each request costs a read", shared.statements == 1, seen: "\(shared.statements)")
        expect("both servers know the session", shared.isKnownThere, seen: "unknown there")
        expect("it outlives a restart", shared.survivesRestart, seen: "signed out")
        expect("and a copy is worthless once its owner has signed out", !shared.outlivesSignOut, seen: "still good")

        let tokens = try await measure("tokens alone", ["--revocations", "off"], cookie: "sso_access")
        expect("tokens cost no read", tokens.statements == 0, seen: "\(tokens.statements)")
        expect("both servers know them", tokens.isKnownThere, seen: "unknown there")
        expect("they outlive a restart", tokens.survivesRestart, seen: "signed out")
        expect("but a copy is good until it expires", tokens.outlivesSignOut, seen: "refused")
        let heard = try await measure("tokens, revocations heard of", [], cookie: "sso_access")
        expect(
            "where servers hear of revocations, that costs no read", heard.statements == 0, seen: "\(heard.statements)")
        expect("and a copy is worthless within moments", !heard.outlivesSignOut, seen: "still good")
        expect(
            "and they are larger than a session's number", tokens.cookieBytes > 2 * shared.cookieBytes,
            seen: "\(tokens.cookieBytes) and \(shared.cookieBytes) bytes")
        compare([local, shared, tokens, heard])
    }

    private struct Measured {
        var name: String
        var cookieBytes = 0
        var statements = -1
        var isKnownThere = false
        var survivesRestart = false
        var outlivesSignOut = false
        /// What is said of a copy that does not outlive it.
        var lateness = "refused"
    }

    private func measure(_ name: String, _ arguments: [String], cookie: String) async throws -> Measured {
        var options = Cluster.Options()
        options.arguments = arguments
        return try await Cluster.with(options) { cluster in
            try await cluster.add("alice")
            let (bank, retirement) = (cluster.bank, cluster.retirement)
            let laptop = browser("laptop")
            let copy = Visitor.browser(named: "copy")
            var measured = Measured(name: name)
            say("A cluster with \(name). Alice signs in at the bank and asks for its page.")
            try await laptop.signIn(at: bank, as: "alice")
            let page = try await laptop.get(bank, "/")
            expect("she sees it", page.status == 200)
            measured.statements = page.serverTiming?.auth ?? -1
            measured.cookieBytes = laptop.visitor.cookies.reduce(0) {
                $0 + $1.name.utf8.count + 1 + $1.value.utf8.count
            }
            say("She crosses over to retirement.")
            measured.isKnownThere = try await laptop.get(retirement, "/").status == 200
            say("The bank is restarted, and she asks again.")
            try await bank.restart()
            measured.survivesRestart = try await laptop.get(bank, "/").status == 200

            say("She signs in once more, and out again. Somebody has kept a copy of her cookie.")
            try await laptop.signIn(at: bank, as: "alice")
            for stolen in laptop.visitor.cookies where stolen.name == cookie { copy.setCookie(stolen) }
            try await laptop.post(bank, "/logout")
            let thief = Participant(visitor: copy, story: self)
            measured.outlivesSignOut = try await thief.get(bank, "/").status == 200
            if measured.outlivesSignOut, arguments.isEmpty {
                // A moment later.
                try await waitUntil("the bank refuses the copy") { try await copy.get(bank, "/").status != 200 }
                measured.outlivesSignOut = false
                measured.lateness = "refused within moments"
            }
            return measured
        }
    }

    private func compare(_ ways: [Measured]) {
        func row(_ name: String, _ value: (Measured) -> String) -> [String] { [name] + ways.map(value) }
        tabulate(
            Table(
                "ways to stay signed in", columns: [""] + ways.map(\.name),
                rows: [
                    row("statements to find out who asks") { "\($0.statements)" },
                    row("bytes of cookies with a request") { "\($0.cookieBytes)" },
                    row("the other server") { $0.isKnownThere ? "knows you" : "sends you to sign in" },
                    row("after a restart") { $0.survivesRestart ? "still signed in" : "forgotten" },
                    row("a copy, after signing out") { $0.outlivesSignOut ? "good until it expires" : $0.lateness },
                ]))
    }
}
