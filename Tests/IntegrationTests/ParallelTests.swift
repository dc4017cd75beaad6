import Curl
import Harness
import Testing

@Suite("Many at once, on both servers and one new SQLite file")
struct ParallelTests {
    /// What one sign-in and the refresh after it were answered.
    private struct Outcome {
        let signIn: Int
        let refresh: Int
        let session: String
        let sessionAfterRefresh: String
        let user: String
        let counts: [Int]
    }

    @Test(
        "Of 200 sign-ins and refreshes all succeed, and the database holds just what was answered",
        arguments: Direction.allCases)
    func signInsAndRefreshes(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let users = try await register(20, stage)
            #expect(Set(users.values).count == 20)
            let outcomes = try await signInAndRefresh(200, Array(users.keys), stage)
            #expect(outcomes.count == 200)
            for outcome in outcomes {
                #expect(outcome.signIn == 200)
                #expect(outcome.refresh == 200)
                #expect(outcome.session == outcome.sessionAfterRefresh)
                #expect(outcome.counts == [0, 0, 0, 0])
            }

            for server in stage.servers { #expect(await server.stop() == 0) }
            let answered = Dictionary(uniqueKeysWithValues: outcomes.map { ($0.session, $0.user) })
            #expect(try await stage.database.sessions() == answered)
            #expect(try await stage.database.counts() == users.mapValues { _ in 0 })
            #expect(try await stage.database.faults() == [])
            #expect(try await stage.database.endedSessions() == [])
            let rows = try await stage.database.rows("SELECT username, id FROM users")
            #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) }) == users)
        }
    }

    @Test("Of ten who want the same name at once, one gets it", arguments: Direction.allCases)
    func sameName(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<10 {
                    let server = stage.servers[index % 2]
                    group.addTask {
                        try await Visitor.program(named: "visitor \(index)")
                            .register(at: server, username: "alice", password: password(of: "alice")).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201] + Array(repeating: 409, count: 9))
            #expect(try await stage.database.counts() == ["alice": 0])
        }
    }

    @Test("Both servers start at once on a file that is not there yet", arguments: 1...5)
    func startTogether(round: Int) async throws {
        try await withStage(round.isMultiple(of: 2) ? .bankToRetirement : .retirementToBank) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice", at: stage.there)
            try await expectRefreshWorks(alice, at: stage.servers, count: 0)
            for server in stage.servers {
                #expect(try await alice.get(server, server.dataPath).status == 200)
                #expect(try await alice.get(server, "/readyz").status == 200)
            }
            #expect(try await stage.database.faults() == [])
        }
    }

    /// Registers users at both servers at once, and gives their ids by name.
    private func register(_ number: Int, _ stage: Stage) async throws -> [String: String] {
        try await withThrowingTaskGroup(of: (String, String).self) { group in
            for index in 0..<number {
                let (name, server) = ("user-\(index)", stage.servers[index % 2])
                group.addTask {
                    let answer = try await Visitor.program(named: name)
                        .register(at: server, username: name, password: password(of: name))
                    #expect(answer.status == 201)
                    return (name, try #require(answer.json("id")))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// Signs in at one server and refreshes at the other, many times at once.
    private func signInAndRefresh(_ number: Int, _ names: [String], _ stage: Stage) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for index in 0..<number {
                let name = names[index % names.count]
                // Not in step with the names, so that every user comes to both servers.
                let first = (index / names.count) % 2
                let (here, there) = (stage.servers[first], stage.servers[1 - first])
                group.addTask {
                    let visitor = Visitor.program(named: name)
                    let signIn = try await visitor.signIn(at: here, username: name, password: password(of: name))
                    let tokens = [visitor.accessToken, visitor.refreshToken]
                    let refresh = try await visitor.refresh(at: there)
                    let parts = try (tokens + [visitor.accessToken, visitor.refreshToken]).map { try claims(of: $0) }
                    return Outcome(
                        signIn: signIn.status, refresh: refresh.status,
                        session: try #require(parts[0]["sid"]?.string),
                        sessionAfterRefresh: try #require(parts[3]["sid"]?.string),
                        user: try #require(parts[0]["sub"]?.string),
                        counts: parts.compactMap { $0["count"]?.integer })
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
