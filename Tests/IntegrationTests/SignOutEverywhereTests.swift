import Curl
import Harness
import Testing

@Suite("Signing out everywhere")
struct SignOutEverywhereTests {
    /// How somebody signs out everywhere.
    enum Door: CaseIterable, CustomTestStringConvertible {
        case program
        case page

        var testDescription: String {
            switch self {
            case .program: "by a program"
            case .page: "by the page's form"
            }
        }
    }

    /// Alice with three devices, and Bob with two.
    struct People {
        let phone: Visitor
        let laptop: Visitor
        let tablet: Visitor
        let bob: Visitor
        let bobsBrowser: Visitor

        init(_ stage: Stage) async throws {
            try await stage.register("alice", "bob")
            phone = try await stage.program(of: "alice")
            laptop = try await stage.browser(of: "alice")
            tablet = try await stage.browser(of: "alice", at: stage.there)
            bob = try await stage.program(of: "bob", at: stage.there)
            bobsBrowser = try await stage.browser(of: "bob")
        }

        func aliceSignsOutEverywhere(at server: ServerProcess, _ door: Door) async throws {
            switch door {
            case .program:
                let answer = try await phone.post(server, "/api/logout-everywhere", json: "")
                try #require(answer.status == 204)
                #expect(answer.body.isEmpty)
            case .page:
                expectCookiesCleared(try await laptop.post(server, "/logout-everywhere", form: []))
                try #require(laptop.cookies.isEmpty)
            }
        }
    }

    @Test(
        "No device of the user can renew at either server, and nobody else notices",
        arguments: Direction.allCases, Door.allCases)
    func allDevicesAreOut(direction: Direction, door: Door) async throws {
        try await withStage(direction) { stage in
            let people = try await People(stage)
            let laptopsRefreshToken = people.laptop.cookie(named: "sso_refresh")
            try await people.aliceSignsOutEverywhere(at: stage.here, door)

            try await expectRefreshRefused(people.phone.refreshToken, at: stage.servers)
            try await expectRefreshRefused(laptopsRefreshToken, at: stage.servers)
            people.tablet.dropCookie(named: "sso_access")
            for server in stage.servers {
                expectSignInAsked(try await people.tablet.get(server, "/"))
            }
            // An access token is checked without the database, which each server has heard from.
            for server in stage.servers { try await expectRevokedSoon(people.phone, at: server) }

            try await expectRefreshWorks(people.bob, at: stage.servers, count: 0)
            people.bobsBrowser.dropCookie(named: "sso_access")
            expectHomePage(try await people.bobsBrowser.get(stage.there, "/"), of: "bob", issuer: stage.there)
            #expect(try await stage.database.counts() == ["alice": 1, "bob": 0])
        }
    }

    @Test(
        "An access token from before can no longer change anything, nor count twice",
        arguments: Direction.allCases, Door.allCases)
    func oldAccessTokens(direction: Direction, door: Door) async throws {
        try await withStage(direction) { stage in
            let people = try await People(stage)
            try await people.aliceSignsOutEverywhere(at: stage.here, door)

            for server in stage.servers {
                expectProblem(
                    try await people.phone.post(server, "/api/logout-everywhere", json: ""), 401, "token_revoked")
                let change = jsonObject([
                    "current_password": password(of: "alice"), "new_password": "stolen by somebody",
                ])
                expectProblem(try await people.phone.post(server, "/api/password", json: change), 401, "token_revoked")
            }
            // The page has nothing left to do but to take the cookies away.
            expectCookiesCleared(try await people.tablet.post(stage.there, "/logout-everywhere", form: []))
            #expect(try await stage.database.counts() == ["alice": 1, "bob": 0])
            let program = Visitor.program(named: "Alice's phone")
            #expect(
                try await program.signIn(at: stage.there, username: "alice", password: "stolen by somebody").status
                    == 401)
        }
    }

    @Test(
        "A new sign-in works at once, and its tokens carry the new count",
        arguments: Direction.allCases, Door.allCases)
    func newSignIn(direction: Direction, door: Door) async throws {
        try await withStage(direction) { stage in
            let people = try await People(stage)
            try await people.aliceSignsOutEverywhere(at: stage.here, door)

            let phone = try await stage.program(of: "alice", at: stage.there)
            #expect(try claims(of: phone.accessToken)["count"]?.integer == 1)
            #expect(try claims(of: phone.refreshToken)["count"]?.integer == 1)
            try await expectRefreshWorks(phone, at: stage.servers, count: 1)
            let laptop = try await stage.browser(of: "alice")
            laptop.dropCookie(named: "sso_access")
            expectHomePage(try await laptop.get(stage.there, "/"), of: "alice", issuer: stage.there)
        }
    }

    @Test("Two devices that do it at the same moment, at two servers, count once", arguments: Direction.allCases)
    func bothAtOnce(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.program(of: "alice", at: stage.there)
            async let first = phone.post(stage.here, "/api/logout-everywhere", json: "")
            async let second = laptop.post(stage.there, "/api/logout-everywhere", json: "")
            let answers = try await [first, second].sorted { $0.status < $1.status }
            #expect(answers[0].status == 204)
            expectProblem(answers[1], 401, "token_revoked")
            #expect(try await stage.database.counts() == ["alice": 1, "bob": 0])
            try await expectRefreshRefused(phone.refreshToken, at: stage.servers)
            try await expectRefreshRefused(laptop.refreshToken, at: stage.servers)
        }
    }

    @Test("The operator's revocation does the same to one user, and to no other", arguments: Direction.allCases)
    func operatorRevokes(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let people = try await People(stage)
            try await sso("users", "revoke", "alice", "--database", stage.cluster.database)

            try await expectRefreshRefused(people.phone.refreshToken, at: stage.servers)
            people.laptop.dropCookie(named: "sso_access")
            for server in stage.servers {
                expectSignInAsked(try await people.laptop.get(server, "/"))
            }
            try await expectRefreshWorks(people.bob, at: stage.servers, count: 0)
            #expect(try await stage.database.counts() == ["alice": 1, "bob": 0])
            let phone = try await stage.program(of: "alice", at: stage.there)
            try await expectRefreshWorks(phone, at: stage.servers, count: 1)
        }
    }
}
