import Curl
import Foundation
import Harness

extension Story {
    func accessAndRefresh() async throws {
        // Short at the bank, so that one need not wait; what retirement renews lives as long as ever.
        try await Cluster.with(Cluster.options(accessTTLAtBank: 4)) { cluster in
            try await cluster.add("alice")
            let laptop = browser("laptop")
            let program = program("program")
            say(
                "Alice signs in at the bank, whose access tokens live four seconds in this lesson; a program does too."
            )
            try await laptop.signIn(at: cluster.bank, as: "alice")
            try await program.signIn(at: cluster.bank, as: "alice")
            let refresh = try TokenParts(laptop.visitor.cookie(named: "sso_refresh"))
            try await renewPage(laptop, refresh, cluster)
            try await renewProgram(program, cluster)
        }
    }

    private func renewPage(_ laptop: Participant, _ refresh: TokenParts, _ cluster: Cluster) async throws {
        say("Her laptop asks for a page with a fresh access cookie.")
        let fresh = try await laptop.get(cluster.bank, "/")
        expect("the check ran no statement", fresh.status == 200 && fresh.serverTiming?.auth == 0)
        try await waitUntilDropped(by: laptop)

        say("It asks the retirement server, and has nothing left but the refresh cookie.")
        let renewed = try await laptop.get(cluster.retirement, "/")
        expect("the page comes, in the same request", renewed.status == 200 && renewed.text.contains("alice"))
        expect("the check ran one statement: the count was read", renewed.serverTiming?.auth == 1)
        expect(
            "it sets a new access cookie, and the next refresh cookie",
            renewed.setCookies.map(\.name) == ["sso_access", "sso_refresh"])
        let access = try TokenParts(renewed.setCookie(named: "sso_access")?.value)
        list("the refresh token", [refresh.headerText, refresh.payloadText])
        list("the new access token", [access.headerText, access.payloadText])
        let isOfSameSession = access["sid"] == refresh["sid"] && access["count"] == refresh["count"]
        expect(
            "both are of one session and one count, and retirement issued the new one",
            isOfSameSession && access["iss"]?.string == "retirement", seen: access.payloadText)

        say("The next page, at the bank.")
        let next = try await laptop.get(cluster.bank, "/")
        expect("the check runs no statement again", next.status == 200 && next.serverTiming?.auth == 0)
        let reads = [fresh, renewed, next].map { "\($0.serverTiming?.auth ?? -1)" }
        tabulate(
            Table(
                "statements to find out who is asking",
                columns: ["fresh access token", "expired, renewed on the way", "the next request"], rows: [reads]))
    }

    private func renewProgram(_ program: Participant, _ cluster: Cluster) async throws {
        let old = try TokenParts(program.visitor.accessToken)
        try await waitUntil("the program's token has expired") { Date() >= old.expiry }
        say("The program's access token, from the same time, has expired as well.")
        let told = try await program.get(cluster.bank, "/api/me")
        expect(
            "it is told so, and no cookie is set",
            told.status == 401 && told.json("code") == "token_expired" && told.setCookies.isEmpty)
        say("It posts its refresh token, at either server.")
        let refreshed = try await program.refresh(at: cluster.retirement)
        expect("it gets new tokens, for one statement", refreshed.status == 200 && refreshed.serverTiming?.auth == 1)
        let again = try await program.get(cluster.bank, "/api/me")
        expect("and goes on", again.status == 200 && again.serverTiming?.auth == 0)
    }
}
