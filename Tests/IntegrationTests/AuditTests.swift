import Curl
import Harness
import Testing

@Suite("The audit record")
struct AuditTests {
    /// The record as `sso audit --json` prints it.
    private func record(_ stage: Stage, _ more: String...) async throws -> [JSONValue] {
        let result = try await run("sso", ["audit", "--json", "--database", stage.cluster.database] + more)
        try #require(result.status == 0, "\(result.standardError)")
        return try result.standardOutput.split(separator: "\n").map { try #require(JSONValue(Array($0.utf8)), "\($0)") }
    }

    @Test(
        "It has each thing that happened: who, in which session, at which server, from where, on which request",
        arguments: Direction.allCases)
    func everything(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            let sid = try #require(try claims(of: alice.accessToken)["sid"]?.string)
            let failed = try await Visitor.program(named: "guesser")
                .signIn(at: stage.there, username: "alice", password: "not her password")
            let unknown = try await Visitor.program(named: "guesser")
                .signIn(at: stage.there, username: "nobody", password: "not a password")
            let old = alice.refreshToken
            let changed = try await alice.post(
                stage.there, "/api/password",
                json: jsonObject(["current_password": password(of: "alice"), "new_password": "another long password"]))
            alice.keepTokens(of: changed)
            try await expectRefreshRefused(old, at: [stage.here])
            let out = try await alice.post(stage.here, "/api/logout-everywhere", json: "{}")
            try await sso("users", "revoke", "alice", "--database", stage.cluster.database)

            let events = try await record(stage)
            #expect(
                events.map { $0["event"]?.string } == [
                    "registered", "sign_in", "sign_in_failed", "sign_in_failed", "password_changed", "refresh_refused",
                    "sign_out_everywhere", "revoked_by_operator",
                ])
            let (here, there) = (stage.here.name, stage.there.name)
            #expect(
                events.map { $0["server"]?.string } == [here, here, there, there, there, here, here, "sso"])
            #expect(events.map { $0["user"]?.string == "alice" } == [true, true, true, false, true, true, true, true])
            #expect(events.map { $0["sid"]?.string == sid } == [false, true, false, false, true, true, true, false])
            #expect(events.dropLast().allSatisfy { $0["address"]?.string == "127.0.0.1" })
            for (answer, place) in [(failed, 2), (unknown, 3), (changed, 4), (out, 6)] {
                #expect(answer.header("X-Request-Id") != nil)
                #expect(events[place]["request"]?.string == answer.header("X-Request-Id"))
            }
        }
    }

    @Test("The address is the other end of the connection, whatever headers say of it", arguments: Direction.allCases)
    func address(direction: Direction) async throws {
        try await withStage(direction) { stage in
            let body = jsonObject(["username": "nobody", "password": "not a password"])
            for source in ["127.0.0.7", "127.0.1.9"] {
                let connection = try RawConnection(to: stage.there.port, from: source)
                await connection.send(
                    "POST /api/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 198.51.100.1\r\n"
                        + "Forwarded: for=198.51.100.1\r\nX-Real-IP: 198.51.100.1\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                #expect(await connection.readToEnd().text.hasPrefix("HTTP/1.1 401 "))
            }
            #expect(try await record(stage).map { $0["address"]?.string } == ["127.0.0.7", "127.0.1.9"])
        }
    }

    @Test(
        "Filters: a user, kinds of event, a time, so many; and what is none is said to be none",
        arguments: Direction.allCases)
    func filters(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            _ = try await stage.program(of: "alice")
            _ = try await stage.program(of: "bob", at: stage.there)
            func kinds(_ more: String...) async throws -> [String?] {
                let result = try await run("sso", ["audit", "--json", "--database", stage.cluster.database] + more)
                return result.standardOutput.split(separator: "\n").map { JSONValue(Array($0.utf8))?["event"]?.string }
            }
            #expect(try await kinds("--user", "bob") == ["registered", "sign_in"])
            #expect(try await kinds("--event", "sign_in") == ["sign_in", "sign_in"])
            #expect(try await kinds("--limit", "1") == ["sign_in"])
            #expect(try await kinds("--since", "1h").count == 4)
            #expect(try await kinds("--since", "2099-01-01T00:00:00Z") == [])
            for (arguments, status) in [
                (["--user", "nobody"], 1), (["--event", "party"], 64), (["--since", "soon"], 64),
            ] {
                let result = try await run("sso", ["audit", "--database", stage.cluster.database] + arguments)
                #expect(result.status == .exited(Int32(status)), "\(arguments)")
                #expect(result.standardError.contains("hint: "), "\(arguments)")
            }
        }
    }

    @Test(
        "A changed key file is in the record, with the ids of its keys and nothing more", arguments: Direction.allCases)
    func keys(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await sso("keys", "add", "--keys", stage.cluster.bankKeys)
            try await waitUntil("both servers have recorded it") {
                try await record(stage, "--event", "keys_replaced").count == 2
            }
            let events = try await record(stage, "--event", "keys_replaced")
            #expect(Set(events.map { $0["server"]?.string }) == ["bank", "retirement"])
            let listed = try await sso("keys", "list", "--keys", stage.cluster.bankKeys).standardOutput
            for event in events {
                let ids = try #require(event["detail"]?.string).split(separator: " ")
                #expect(ids.count == 2)
                for id in ids { #expect(listed.contains(id)) }
            }
        }
    }

    @Test(
        "Users see their own on the page of recent activity, at both servers, and nobody else's",
        arguments: Direction.allCases)
    func page(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            _ = try await Visitor.program(named: "guesser")
                .signIn(at: stage.there, username: "alice", password: "not her password")
            let alice = try await stage.browser(of: "alice")
            let bob = try await stage.browser(of: "bob")
            for server in stage.servers {
                let page = try await alice.get(server, "/activity")
                #expect(page.status == 200)
                #expect(page.text.contains("Somebody tried a wrong password"))
                #expect(page.text.contains("from 127.0.0.1"))
                #expect(page.text.contains("this device"))
                #expect(!(try await bob.get(server, "/activity").text.contains("wrong password")))
            }
            // A token that is revoked itself shows its thief nothing.
            try await sso("users", "revoke", "alice", "--database", stage.cluster.database)
            expectSignInAsked(try await alice.get(stage.there, "/activity"))
        }
    }
}
