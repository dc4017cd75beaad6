import Curl
import Harness

extension Story {
    func forgedRequest() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            let laptop = browser("laptop")
            say("Alice signs in at the bank, and then visits another site.")
            try await laptop.signIn(at: cluster.bank, as: "alice")
            try await fromElsewhere(laptop, cluster)
            try await fromTheFamily(laptop, cluster)
            try await byGet(laptop, cluster)
            say("A program shows its token itself; no browser would add it to another site's request.")
            let program = program("program")
            try await program.signIn(at: cluster.bank, as: "alice")
            let answer = try await program.post(cluster.bank, "/api/logout", json: "{}")
            expect("so nothing is asked about its origin", answer.status == 204)
        }
    }

    /// What a browser says of requests that another site's pages make it send. libcurl sends the cookies in any case,
    /// as a browser may whose visitor came by another port or a sibling domain.
    private func fromElsewhere(_ laptop: Participant, _ cluster: Cluster) async throws {
        let origins: [(what: String, headers: [Header])] = [
            ("another site", [Header("Origin", "http://evil.example"), Header("Sec-Fetch-Site", "cross-site")]),
            (
                "a sibling subdomain",
                [Header("Origin", "http://evil.localhost"), Header("Sec-Fetch-Site", "same-site")]
            ),
            ("a page without an origin", [Header("Origin", "null"), Header("Sec-Fetch-Site", "cross-site")]),
        ]
        var rows: [[String]] = []
        for (what, headers) in origins {
            say("Its form posts to the bank, as \(what).")
            let everywhere = try await laptop.post(cluster.bank, "/logout-everywhere", headers: headers)
            expect("signing out everywhere is refused", everywhere.status == 403 && everywhere.setCookies.isEmpty)
            let signIn = try await laptop.post(
                cluster.bank, "/login", form: [("username", "mallory"), ("password", "mallory's own password")],
                headers: headers)
            expect("signing in as somebody else is refused", signIn.status == 403 && signIn.setCookies.isEmpty)
            rows.append([what, "\(everywhere.status)", "\(signIn.status)"])
        }
        tabulate(Table("what forged requests got", columns: ["from", "sign out everywhere", "sign in"], rows: rows))
        let page = try await laptop.get(cluster.retirement, "/")
        expect("Alice is still signed in", page.status == 200)
    }

    private func fromTheFamily(_ laptop: Participant, _ cluster: Cluster) async throws {
        say("The peer's pages may post here: its origin is known.")
        let headers = [Header("Origin", cluster.retirement.url), Header("Sec-Fetch-Site", "same-site")]
        let answer = try await laptop.post(cluster.bank, "/logout", headers: headers)
        expect("from the peer it is done", answer.status == 303)
    }

    private func byGet(_ laptop: Participant, _ cluster: Cluster) async throws {
        try await laptop.signIn(at: cluster.bank, as: "alice")
        say("A picture whose address is the bank's sign-out makes the browser get it.")
        for path in ["/logout", "/logout-everywhere"] {
            try await laptop.get(cluster.bank, path)
        }
        let page = try await laptop.get(cluster.bank, "/")
        expect("a GET changes nothing", page.status == 200)
    }
}
