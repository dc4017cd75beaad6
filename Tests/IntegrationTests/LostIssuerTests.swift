import Curl
import Harness
import Testing

@Suite("The server that issued a token dies")
struct LostIssuerTests {
    @Test("The other one still accepts its tokens and renews them, until it is back", arguments: Direction.allCases)
    func issuerKilled(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.browser(of: "alice")
            let tablet = try await stage.browser(of: "alice")

            #expect(await stage.here.kill() == .signalled(9))
            await #expect(throws: CurlError.self) { try await phone.get(stage.here, "/livez") }

            let me = try await phone.get(stage.there, "/api/me")
            #expect(me.status == 200)
            #expect(me.json("iss") == stage.here.name)
            #expect(me.serverTiming == ServerTiming(auth: 0, db: 0))
            let page = try await laptop.get(stage.there, "/")
            expectHomePage(page, of: "alice", issuer: stage.here)
            #expect(page.serverTiming?.auth == 0)
            tablet.dropCookie(named: "sso_access")
            expectHomePage(try await tablet.get(stage.there, "/"), of: "alice", issuer: stage.there)
            try await expectRefreshWorks(phone, at: [stage.there], count: 0)
            #expect(try await phone.get(stage.there, stage.there.dataPath).status == 200)

            try await stage.here.start()
            #expect(try await phone.get(stage.here, "/api/me").json("iss") == stage.there.name)
            try await expectRefreshWorks(phone, at: stage.servers, count: 0)
            #expect(try await stage.database.faults() == [])
        }
    }
}
