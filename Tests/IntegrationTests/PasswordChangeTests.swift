import Curl
import Harness
import Testing

@Suite("Changing the password")
struct PasswordChangeTests {
    private let newPassword = "something else entirely"

    @Test(
        "This device stays, with new tokens, and every other one is out at both servers",
        arguments: Direction.allCases)
    func thisDeviceStays(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.program(of: "alice", at: stage.there)
            let tablet = try await stage.browser(of: "alice")
            let bob = try await stage.program(of: "bob")
            let before = try claims(of: phone.refreshToken)
            let oldRefreshToken = phone.refreshToken

            let answer = try await change(phone, stage.here, from: password(of: "alice"), to: newPassword)
            try #require(answer.status == 200)
            #expect(answer.header("Cache-Control") == "no-store")
            phone.keepTokens(of: answer)
            for token in [phone.accessToken, phone.refreshToken] {
                let new = try claims(of: token)
                #expect(new["iss"]?.string == stage.here.name)
                #expect(new["sid"] == before["sid"])
                #expect(new["count"]?.integer == 1)
            }

            try await expectRefreshRefused(oldRefreshToken, at: stage.servers)
            try await expectRefreshRefused(laptop.refreshToken, at: stage.servers)
            tablet.dropCookie(named: "sso_access")
            for server in stage.servers {
                expectSignInAsked(try await tablet.get(server, "/"))
            }
            try await expectRefreshWorks(phone, at: stage.servers.reversed(), count: 1)
            #expect(try await phone.get(stage.there, "/api/me").jsonInteger("count") == 1)
            try await expectRefreshWorks(bob, at: stage.servers, count: 0)
            #expect(try await stage.database.counts() == ["alice": 1, "bob": 0])
        }
    }

    @Test("From then on both servers take the new password and not the old one", arguments: Direction.allCases)
    func newPasswordCounts(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let phone = try await stage.program(of: "alice")
            let answer = try await change(phone, stage.here, from: password(of: "alice"), to: newPassword)
            try #require(answer.status == 200)

            for server in stage.servers {
                let laptop = Visitor.program(named: "Alice's laptop")
                expectProblem(
                    try await laptop.signIn(at: server, username: "alice", password: password(of: "alice")),
                    401, "invalid_credentials")
                let signIn = try await laptop.signIn(at: server, username: "alice", password: newPassword)
                #expect(signIn.status == 200)
                #expect(try claims(of: laptop.refreshToken)["count"]?.integer == 1)
                expectProblem(
                    try await laptop.signIn(at: server, username: "bob", password: newPassword),
                    401, "invalid_credentials")
                _ = try await stage.program(of: "bob", at: server)
            }
        }
    }

    @Test("Who does not know the current password changes nothing", arguments: Direction.allCases)
    func wrongCurrentPassword(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let phone = try await stage.program(of: "alice")
            for server in stage.servers {
                expectProblem(
                    try await change(phone, server, from: "not \(password(of: "alice"))", to: newPassword),
                    401, "invalid_credentials")
            }
            try await expectNothingChanged(stage, phone)
        }
    }

    @Test(
        "A new password that is too short, too long or the user name changes nothing",
        arguments: Direction.allCases, ["", "seven77", "alice-in-w", "ALICE-in-w", String(repeating: "x", count: 257)])
    func badNewPassword(direction: Direction, bad: String) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice-in-w")
            let phone = try await stage.program(of: "alice-in-w")
            for server in stage.servers {
                expectProblem(
                    try await change(phone, server, from: password(of: "alice-in-w"), to: bad), 422, "invalid_password")
            }
            try await expectNothingChanged(stage, phone)
        }
    }

    private func change(
        _ program: Visitor, _ server: ServerProcess, from current: String, to new: String
    ) async throws -> Exchange {
        try await program.post(
            server, "/api/password", json: jsonObject(["current_password": current, "new_password": new]))
    }

    private func expectNothingChanged(_ stage: Stage, _ program: Visitor) async throws {
        let name = try #require(try claims(of: program.accessToken)["name"]?.string)
        try await expectRefreshWorks(program, at: stage.servers, count: 0)
        #expect(try await stage.database.counts() == [name: 0])
        for server in stage.servers {
            _ = try await stage.program(of: name, at: server)
            expectProblem(
                try await Visitor.program(named: "somebody").signIn(at: server, username: name, password: newPassword),
                401, "invalid_credentials")
        }
    }
}
