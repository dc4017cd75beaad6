import Curl
import Harness
import Testing

@Suite("Signing out of one session")
struct SignOutTests {
    @Test("A program's session ends at both servers; its other devices go on", arguments: Direction.allCases)
    func byProgram(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.program(of: "alice", at: stage.there)
            let tablet = try await stage.browser(of: "alice")
            let bob = try await stage.program(of: "bob")

            let answer = try await phone.send("POST", stage.here, "/api/logout")
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            #expect(answer.setCookies.isEmpty)
            try await expectRefreshRefused(phone.refreshToken, at: stage.servers)

            try await expectRefreshWorks(laptop, at: stage.servers, count: 0)
            tablet.dropCookie(named: "sso_access")
            expectHomePage(try await tablet.get(stage.there, "/"), of: "alice", issuer: stage.there)
            try await expectRefreshWorks(bob, at: stage.servers, count: 0)
            #expect(try await stage.database.counts() == ["alice": 0, "bob": 0])
        }
    }

    @Test("A program may sign out again, at either server", arguments: Direction.allCases)
    func again(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            for server in stage.servers + stage.servers {
                #expect(try await phone.send("POST", server, "/api/logout").status == 204)
            }
            try await expectRefreshRefused(phone.refreshToken, at: stage.servers)
        }
    }

    @Test("The access token of a session that has ended can no longer change anything", arguments: Direction.allCases)
    func endedSessionChangesNothing(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.program(of: "alice", at: stage.there)
            #expect(try await phone.send("POST", stage.here, "/api/logout").status == 204)
            for server in stage.servers {
                expectProblem(try await phone.send("POST", server, "/api/logout-everywhere"), 401, "token_revoked")
                let change = jsonObject(["current_password": password(of: "alice"), "new_password": "something else"])
                expectProblem(try await phone.post(server, "/api/password", json: change), 401, "token_revoked")
            }
            try await expectRefreshWorks(laptop, at: stage.servers, count: 0)
            _ = try await stage.program(of: "alice")
        }
    }

    @Test("A browser's session ends at both servers; its other devices go on", arguments: Direction.allCases)
    func byPage(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let laptop = try await stage.browser(of: "alice")
            let phone = try await stage.program(of: "alice")
            let tablet = try await stage.browser(of: "alice", at: stage.there)
            let bob = try await stage.program(of: "bob")
            let refreshCookie = try #require(laptop.cookies.first { $0.name == "sso_refresh" })

            expectCookiesCleared(try await laptop.post(stage.there, "/logout", form: []))
            #expect(laptop.cookies.isEmpty)
            for server in stage.servers {
                expectSignInAsked(try await laptop.get(server, "/"))
            }
            // A copy of the refresh cookie that was kept somewhere is worth nothing.
            laptop.setCookie(refreshCookie)
            for server in stage.servers {
                expectSignInAsked(try await laptop.get(server, "/"))
            }
            try await expectRefreshRefused(refreshCookie.value, at: stage.servers)

            try await expectRefreshWorks(phone, at: stage.servers, count: 0)
            tablet.dropCookie(named: "sso_access")
            expectHomePage(try await tablet.get(stage.here, "/"), of: "alice", issuer: stage.here)
            try await expectRefreshWorks(bob, at: stage.servers, count: 0)
        }
    }

    @Test("A browser may sign out again, with old cookies and without any", arguments: Direction.allCases)
    func pageAgain(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let laptop = try await stage.browser(of: "alice")
            let cookies = laptop.cookies
            for server in stage.servers {
                expectCookiesCleared(try await laptop.post(server, "/logout", form: []))
                #expect(laptop.cookies.isEmpty)
                expectCookiesCleared(try await laptop.post(server, "/logout", form: []))
                for cookie in cookies { laptop.setCookie(cookie) }
            }
        }
    }
}
