import Curl
import Harness

extension Story {
    func severalTabs() async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            let laptop = browser("laptop")
            say("Alice signs in, and her access token expires while eight tabs are open.")
            try await laptop.signIn(at: cluster.bank, as: "alice")
            laptop.visitor.dropCookie(named: "sso_access")
            try await wakeUp(laptop, cluster)
            try await loseAnAnswer(cluster)
        }
    }

    private func wakeUp(_ laptop: Participant, _ cluster: Cluster) async throws {
        say("She opens the lid: all tabs ask at once, four at each server, with the same refresh cookie.")
        let cookies = laptop.visitor.cookies
        let answers = try await withThrowingTaskGroup(of: (Int, Participant, Exchange).self) { group in
            for number in 0..<8 {
                let tab = browser("tab \(number + 1)")
                for cookie in cookies { tab.visitor.setCookie(cookie) }
                let server = cluster.servers[number % 2]
                // At once, as tabs do: that is what the lesson is about.
                group.addTask { (number, tab, try await tab.visitor.get(server, "/")) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
        }
        for (number, tab, answer) in answers { show(answer, by: tab.visitor, at: cluster.servers[number % 2]) }
        expect("all of them are let in", answers.allSatisfy { $0.2.status == 200 })
        let successors = Set(answers.compactMap { $0.2.setCookie(named: "sso_refresh")?.value })
        let access = Set(answers.compactMap { $0.2.setCookie(named: "sso_access")?.value })
        tabulate(
            Table(
                "what eight tabs got", columns: ["different access tokens", "different refresh tokens"],
                rows: [["\(access.count)", "\(successors.count)"]]))
        expect("all got the same next refresh token", successors.count == 1, seen: "\(successors.count) of them")
    }

    private func loseAnAnswer(_ cluster: Cluster) async throws {
        let phone = program("phone")
        say("Her phone renews in a tunnel: the bank gets the request, the phone never gets the answer.")
        try await phone.signIn(at: cluster.bank, as: "alice")
        let old = phone.visitor.refreshToken
        let lost = try await phone.refresh(at: cluster.bank)
        let next = phone.visitor.refreshToken
        expect("the bank has exchanged the token", lost.status == 200 && next != old)
        phone.visitor.use(refreshToken: old)
        say("It tries again with the token that it has, at the other server.")
        let again = try await phone.refresh(at: cluster.retirement)
        expect(
            "it gets the very token whose answer was lost", again.status == 200 && phone.visitor.refreshToken == next)
        let onward = try await phone.refresh(at: cluster.bank)
        expect("and goes on", onward.status == 200)
    }
}
