import Curl
import Harness

extension Story {
    func knownAtBoth() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            try await signIn("laptop", here: cluster.bank, there: cluster.retirement)
            try await signIn("phone", "The other way round. ", here: cluster.retirement, there: cluster.bank)

            say("Somebody who has not signed in asks both servers.")
            let stranger = program("stranger")
            let accounts = try await stranger.get(cluster.bank, "/api/accounts")
            expect("the bank shows nothing", accounts.status == 401)
            let plan = try await stranger.get(cluster.retirement, "/api/plan")
            expect("retirement shows nothing", plan.status == 401)
        }
    }

    private func signIn(
        _ device: String, _ opening: String = "", here: ServerProcess, there: ServerProcess
    ) async throws {
        let browser = browser(device)
        say("\(opening)On her \(device), Alice signs in at \(here.called), with user name and password.")
        let signIn = try await browser.signIn(at: here, as: "alice")
        expect(
            "\(here.called) sets two cookies, an access and a refresh token",
            signIn.status == 303 && signIn.setCookies.map(\.name) == ["sso_access", "sso_refresh"])

        say("The \(device) goes to \(there.called), which has never heard of this sign-in.")
        let me = try await browser.get(there, "/api/me")
        expect("\(there.called) knows her by name", me.status == 200 && me.json("name") == "alice")
        expect("the token says that \(here.called) issued it", me.json("iss") == here.name)
        expect("\(there.called) ran no statement to find out who she is", me.serverTiming?.auth == 0)
        let page = try await browser.get(there, "/")
        expect("its page is hers", page.status == 200 && page.text.contains("alice"))
        expect("for the sign-in there was no statement here either", page.serverTiming?.auth == 0)
    }
}
