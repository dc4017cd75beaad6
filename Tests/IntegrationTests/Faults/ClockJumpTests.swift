import Curl
import Harness
import Testing

extension Faults {
    @Suite("Clocks that jump, forwards and back")
    struct ClockJumpTests {
        private static let start = FakeClock.start

        @Test(
            "A token from the future is refused beyond the leeway, at both servers, and is good when its time has come",
            arguments: Direction.allCases, [nil, 0, 60])
        func future(direction: Direction, leeway: Int?) async throws {
            let arguments = leeway.map { ["--leeway", "\($0)"] } ?? []
            try await FakeClock.withStage(direction, arguments: arguments) { stage, clock in
                try await stage.register("alice")
                let visitors = [try await stage.program(of: "alice"), try await stage.program(of: "alice")]
                #expect(try claims(of: visitors[0].accessToken)["iat"]?.integer == Self.start)

                try clock.set(Self.start - (leeway ?? 5) - 1)
                for server in stage.servers {
                    for visitor in visitors {
                        expectProblem(try await visitor.get(server, "/api/me"), 401, "token_invalid")
                    }
                    try await expectRefreshRefused(visitors[0].refreshToken, at: [server], "token_invalid")
                }
                try clock.set(Self.start - (leeway ?? 5))
                for server in stage.servers {
                    #expect(try await visitors[0].get(server, "/api/me").status == 200)
                }
                try await expectRefreshWorks(visitors[0], at: stage.servers, count: 0)
                try clock.set(Self.start)
                for server in stage.servers {
                    #expect(try await visitors[1].get(server, "/api/me").status == 200)
                }
                try await expectRefreshWorks(visitors[1], at: stage.servers, count: 0)
            }
        }

        @Test("No token lives longer than its life, whatever the clock does", arguments: Direction.allCases)
        func life(direction: Direction) async throws {
            let arguments = ["--access-ttl", "60", "--refresh-ttl", "120", "--leeway", "60"]
            try await FakeClock.withStage(direction, arguments: arguments) { stage, clock in
                try await stage.register("alice")
                let early = try await stage.program(of: "alice")
                // Forwards to its last second, and to the first one after it: the leeway does not lengthen it.
                try await expectMe(early, stage, clock, at: 59, 200)
                try await expectMe(early, stage, clock, at: 60, 401)
                let late = try await stage.program(of: "alice")
                for token in [early.accessToken, late.accessToken] {
                    let claims = try claims(of: token)
                    #expect(claims["exp"]?.integer == (claims["iat"]?.integer).map { $0 + 60 })
                }
                // Back again: the early token has not got a second more for it.
                try await expectMe(early, stage, clock, at: 0, 200)
                try await expectMe(late, stage, clock, at: -1, 401, "token_invalid")
                try await expectMe(early, stage, clock, at: 60, 401)
                try await expectMe(late, stage, clock, at: 119, 200)
                try await expectMe(late, stage, clock, at: 120, 401)
                try await expectRefreshRefused(early.refreshToken, at: stage.servers, "token_expired")
                try clock.set(Self.start + 179)
                try await expectRefreshWorks(late, at: stage.servers, count: 0)
            }
        }

        @Test("What was revoked stays so when the clock is put back, or far ahead", arguments: Direction.allCases)
        func revoked(direction: Direction) async throws {
            try await FakeClock.withStage(direction) { stage, clock in
                try await stage.register("alice", "bob")
                let phone = try await stage.program(of: "alice")
                let laptop = try await stage.program(of: "bob")
                try clock.set(Self.start + 3600)
                #expect(
                    try await stage.program(of: "alice").send("POST", stage.there, "/api/logout-everywhere").status
                        == 204)
                try clock.set(Self.start + 100)
                #expect(try await laptop.send("POST", stage.there, "/api/logout").status == 204)
                for time in [0, 7200, 3 * 86_400, 50] {
                    try clock.set(Self.start + time)
                    for old in [phone, laptop] { try await expectRefreshRefused(old.refreshToken, at: stage.servers) }
                }
                // And whoever signs in now is in.
                let tablet = try await stage.program(of: "alice")
                try await expectRefreshWorks(tablet, at: stage.servers, count: 1)
            }
        }

        private func expectMe(
            _ visitor: Visitor, _ stage: Stage, _ clock: FakeClock, at time: Int, _ status: Int,
            _ code: String = "token_expired", sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            try clock.set(Self.start + time)
            for server in stage.servers {
                let answer = try await visitor.get(server, "/api/me")
                #expect(answer.status == status, sourceLocation: sourceLocation)
                if status == 401 { #expect(answer.json("code") == code, sourceLocation: sourceLocation) }
            }
        }
    }
}
