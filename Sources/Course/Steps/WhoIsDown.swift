import Curl
import Foundation
import Harness

extension Story {
    func whoIsDown() async throws {
        try await Cluster.with(Cluster.options(accessTTLAtBank: 5)) { cluster in
            try await cluster.add("alice")
            try await withoutIssuer(cluster)
            try await withoutDatabase(cluster)
        }
    }

    private func withoutIssuer(_ cluster: Cluster) async throws {
        let (bank, retirement) = (cluster.bank, cluster.retirement)
        let phone = program("phone")
        say("Alice signs in at the bank. Then the bank's process is killed.")
        try await phone.signIn(at: bank, as: "alice")
        await bank.kill()
        expect("the bank does not answer", try await phone.getNothing(from: bank, "/api/me"), seen: "an answer")

        let me = try await phone.get(retirement, "/api/me")
        expect("retirement accepts the token of the dead bank", me.status == 200 && me.json("iss") == "bank")
        let renewed = try await phone.refresh(at: retirement)
        expect("and renews it: the count is in the database", renewed.status == 200)
        try await bank.start()
        say("The bank is back.")
        let back = try await phone.get(bank, "/api/me")
        expect(
            "it accepts what was issued in its absence", back.status == 200 && back.json("iss") == "retirement")
    }

    private func withoutDatabase(_ cluster: Cluster) async throws {
        let (bank, retirement) = (cluster.bank, cluster.retirement)
        let phone = program("phone")
        let laptop = browser("laptop")
        try await laptop.signIn(at: retirement, as: "alice")
        laptop.visitor.dropCookie(named: "sso_access")
        let how = cluster.databaseKind == .sqlite ? "its file is moved away" : "PostgreSQL lets nobody in any more"
        say("Now the database goes: \(how). Alice has just signed in, at the bank.")
        try await phone.signIn(at: bank, as: "alice")
        try await cluster.takeDatabaseAway()
        let gone = ContinuousClock.now
        for server in cluster.servers {
            let me = try await phone.get(server, "/api/me")
            expect(
                "\(server.called) accepts the access token",
                me.status == 200 && me.serverTiming == ServerTiming(auth: 0, db: 0))
        }
        let renewal = try await phone.refresh(at: retirement)
        expect("a renewal cannot be answered: not yes, not no", isUnavailable(renewal))
        let signIn = try await program("newcomer").signIn(at: retirement, as: "alice")
        expect("nobody can sign in", isUnavailable(signIn))
        let page = try await laptop.get(retirement, "/")
        expect(
            "a page that needs a renewal says so, and takes no cookie away",
            page.status == 503 && page.setCookies.isEmpty)

        say("The phone goes on with its access token, as long as it is accepted.")
        let before = (ContinuousClock.now - gone) / .seconds(1)
        let worked = before + (try await secondsUntilRefused(phone, at: bank))
        tabulate(
            Table(
                "without a database", columns: ["who", "could work for"],
                rows: [["with an access token of 5 s", inSeconds(worked)], ["with a refresh token alone", "0.0 s"]]))
        expect("it was less than the token's 5 seconds", worked < 5, seen: inSeconds(worked))

        try await cluster.putDatabaseBack()
        say("It is back.")
        let again = try await phone.refresh(at: retirement)
        expect("the refresh token is as good as before", again.status == 200)
        let shown = try await laptop.get(retirement, "/")
        expect("and so is the laptop's cookie", shown.status == 200 && shown.serverTiming?.auth == 1)
    }

    private func isUnavailable(_ answer: Exchange) -> Bool {
        answer.status == 503 && answer.json("code") == "database_unavailable"
    }
}
