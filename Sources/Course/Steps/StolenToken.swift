import Curl
import Foundation
import Harness

extension Story {
    func stolenToken() async throws {
        say("First with servers that hear nothing of revocations: --revocations off.")
        try await Cluster.with(Cluster.deafOptions(accessTTLAtBank: 4, atRetirement: 6)) { cluster in
            try await cluster.add("alice")
            let (bank, retirement) = (cluster.bank, cluster.retirement)
            say(
                "Alice signs in on two devices: at the bank, whose access tokens live 4 seconds here, and at retirement, "
                    + "where they live 6. Somebody copies all her cookies.")
            let laptop = browser("laptop")
            let phone = browser("phone")
            try await laptop.signIn(at: bank, as: "alice")
            try await phone.signIn(at: retirement, as: "alice")
            let (short, shortRefresh) = (copy(of: laptop, "sso_access"), copy(of: laptop, "sso_refresh"))
            let long = copy(of: phone, "sso_access")

            let elsewhere = try await short.get(retirement, "/api/me")
            expect(
                "in the thief's browser the copy is as good as the original",
                elsewhere.status == 200 && elsewhere.json("name") == "alice")

            say("Alice notices that something is wrong, and signs out on both devices.")
            try await laptop.post(bank, "/logout")
            try await phone.post(retirement, "/logout")
            let signedOut = ContinuousClock.now
            let page = try await shortRefresh.get(bank, "/")
            expect("the copied refresh cookie is worthless at once", page.status == 303 && page.setCookies.isEmpty)
            let still = try await short.get(bank, "/api/me")
            expect("the copied access cookie is not", still.status == 200 && still.serverTiming?.auth == 0)

            say("The thief goes on with both access cookies, until they are refused.")
            let before = (ContinuousClock.now - signedOut) / .seconds(1)
            async let shortTime = secondsUntilRefused(short, at: bank)
            async let longTime = secondsUntilRefused(long, at: retirement)
            let lived = try await (short: before + shortTime, long: before + longTime)
            tabulate(
                Table(
                    "how long a copy worked after its owner had signed out",
                    columns: ["--access-ttl", "it worked for"],
                    rows: [["4 s", inSeconds(lived.short)], ["6 s", inSeconds(lived.long)]]))
            expect("less than 4 seconds where that is the life", lived.short < 4, seen: inSeconds(lived.short))
            expect(
                "longer where the life is longer, and less than 6 seconds",
                lived.long > lived.short && lived.long < 6, seen: inSeconds(lived.long))
        }
        try await theAnswer()
    }

    /// The same with servers as they are unless told otherwise.
    private func theAnswer() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            say("Once more, with servers that hear of revocations, as they do unless told otherwise.")
            let laptop = browser("laptop")
            try await laptop.signIn(at: cluster.bank, as: "alice")
            let thief = copy(of: laptop, "sso_access")
            let before = try await thief.get(cluster.retirement, "/api/me")
            expect("the copy works", before.status == 200)
            try await laptop.post(cluster.bank, "/logout")
            let signedOut = ContinuousClock.now
            say("Alice has signed out at the bank. The thief asks the retirement server:")
            let seconds = try await secondsUntilRevoked(thief, at: cluster.retirement, since: signedOut)
            expect("the copy was worthless within a second", seconds < 1, seen: inSeconds(seconds))
        }
    }

    /// A thief's browser, with a copy of one cookie. A browser drops a cookie at its end; a thief's keeps it.
    private func copy(of victim: Participant, _ name: String) -> Participant {
        let thief = browser("thief")
        for var cookie in victim.visitor.cookies where cookie.name == name {
            cookie.expires = nil
            thief.visitor.setCookie(cookie)
        }
        return thief
    }
}
