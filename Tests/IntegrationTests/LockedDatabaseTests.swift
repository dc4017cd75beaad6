import Curl
import Harness
import Testing

@Suite("Somebody locks the database for longer than anybody waits")
struct LockedDatabaseTests {
    @Test(
        "Tokens are still checked; what needs the database says so, and changes nothing",
        arguments: Direction.allCases)
    func locked(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.browser(of: "alice")
            let tablet = try await stage.browser(of: "alice")
            tablet.dropCookie(named: "sso_access")
            let cookies = tablet.cookies
            let sessions = try await stage.database.sessions()

            try await stage.database.withExclusiveLock {
                async let waiting = answersWhileWaiting(stage, phone: phone, tablet: tablet)
                try await expectTokensAccepted(stage, phone: phone, laptop: laptop)
                let answers = try await waiting
                for answer in answers.programs { expectDatabaseUnavailable(answer) }
                for page in answers.pages { expectUnavailablePage(page) }
                for ready in answers.ready {
                    #expect(ready.status == 503)
                    #expect(ready.text.contains("database"))
                }
                try await expectTokensAccepted(stage, phone: phone, laptop: laptop)
            }

            #expect(tablet.cookies == cookies)
            #expect(try await stage.database.sessions() == sessions)
            for server in stage.servers {
                #expect(try await phone.get(server, "/readyz").status == 200)
                _ = try await stage.program(of: "alice", at: server)
            }
            expectHomePage(try await tablet.get(stage.there, "/"), of: "alice", issuer: stage.there)
            // The count is what it was: the sign-out that was refused has not come after all.
            try await expectRefreshWorks(phone, at: stage.servers, count: 0)
        }
    }

    /// What comes of requests that have to write, all sent at once.
    private struct Answers {
        var programs: [Exchange]
        var pages: [Exchange]
        var ready: [Exchange]
    }

    private func answersWhileWaiting(_ stage: Stage, phone: Visitor, tablet: Visitor) async throws -> Answers {
        // Each a client of its own, so that nobody waits for another's answer.
        func newcomer() -> Visitor { .program(named: "newcomer") }
        let (token, refreshToken) = (phone.accessToken, phone.refreshToken)
        let (one, two, three, four, five) = (newcomer(), newcomer(), newcomer(), newcomer(), newcomer())
        three.use(refreshToken: refreshToken)
        four.use(token: token)
        let password = password(of: "alice")
        async let signInHere = one.signIn(at: stage.here, username: "alice", password: password)
        async let signInThere = two.signIn(at: stage.there, username: "alice", password: password)
        async let refresh = three.refresh(at: stage.there)
        async let signOut = four.send("POST", stage.there, "/api/logout-everywhere")
        async let page = tablet.get(stage.there, "/")
        async let readyHere = five.get(stage.here, "/readyz")
        async let readyThere = newcomer().get(stage.there, "/readyz")
        return try await Answers(
            programs: [signInHere, signInThere, refresh, signOut], pages: [page], ready: [readyHere, readyThere])
    }

    private func expectTokensAccepted(_ stage: Stage, phone: Visitor, laptop: Visitor) async throws {
        for visitor in [phone, laptop] {
            for server in stage.servers {
                let me = try await visitor.get(server, "/api/me")
                #expect(me.status == 200)
                #expect(me.json("name") == "alice")
                #expect(me.serverTiming == ServerTiming(auth: 0, db: 0))
            }
        }
    }
}
