import Curl
import Harness
import Testing

extension Faults {
    @Suite(
        "The disk is full for a while",
        .enabled(if: DatabaseKind.chosen == .sqlite, "it is about the disk under the SQLite file"))
    struct FullDiskTests {
        @Test("What needs room answers 503 and writes nothing by halves; with room again it works, without a restart")
        func full() async throws {
            // Less than SQLite's log takes before it is used again from the start.
            try await SmallDisk.with(megabytes: 3) { stage, disk in
                try await stage.register("alice")
                let phone = try await stage.program(of: "alice")
                let laptop = try await stage.browser(of: "alice")
                let cookies = laptop.cookies
                let sessions = Set(try await disk.database().sessions().keys)

                try disk.fill()
                let added = try await useUpTheRoom(stage, sessions)
                for server in stage.servers {
                    try await waitUntil("\(server.name) says that it is not ready", timeout: .seconds(30)) {
                        try await phone.get(server, "/readyz").status == 503
                    }
                    #expect(try await phone.get(server, "/api/me").json("name") == "alice")
                    #expect(try await phone.get(server, "/livez").status == 200)
                    expectUnavailablePage(
                        try await laptop.post(
                            server, "/login", form: [("username", "alice"), ("password", password(of: "alice"))]))
                    #expect(laptop.cookies == cookies)
                    #expect(server.standardError.contains("full"), "the log says why")
                }

                try disk.free()
                for server in stage.servers { #expect(try await phone.get(server, "/readyz").status == 200) }
                for server in stage.servers {
                    let name = "carol-\(server.name)"
                    let answer = try await Visitor.program(named: name)
                        .register(at: server, username: name, password: password(of: name))
                    #expect(answer.status == 201)
                    #expect(try await phone.get(server, "/readyz").status == 200)
                    expectHomePage(try await laptop.get(server, "/"), of: "alice", issuer: stage.here)
                }
                try await expectRefreshWorks(phone, at: stage.servers, count: 0)
                #expect(try await disk.database().faults() == [])
                #expect(try await disk.database().incompleteUsers() == [])
                let names = ["alice", "carol-bank", "carol-retirement"] + added.users
                #expect(try await disk.database().counts() == Dictionary(uniqueKeysWithValues: names.map { ($0, 0) }))
                #expect(Set(try await disk.database().sessions().keys) == added.sessions)
            }
        }

        /// SQLite's log has a little room left on a full disk. So each server does the same until there is none, first what
        /// needs the most.
        private func useUpTheRoom(
            _ stage: Stage, _ known: Set<String>
        ) async throws -> (users: [String], sessions: Set<String>) {
            var users: [String] = []
            var sessions = known
            for server in stage.servers {
                try await waitUntil("\(server.name) has no room for another user", timeout: .seconds(30)) {
                    let name = "bob-\(server.name)-\(users.count)"
                    let answer = try await Visitor.program(named: name)
                        .register(at: server, username: name, password: password(of: name))
                    if answer.status == 201 {
                        users.append(name)
                        return false
                    }
                    try requireDatabaseUnavailable(answer)
                    return true
                }
                try await waitUntil("\(server.name) has no room for another session", timeout: .seconds(30)) {
                    let visitor = Visitor.program(named: "Alice's new phone")
                    let answer = try await visitor.signIn(
                        at: server, username: "alice", password: password(of: "alice"))
                    if answer.status == 200 {
                        sessions.insert(try #require(try claims(of: visitor.accessToken)["sid"]?.string))
                        return false
                    }
                    try requireDatabaseUnavailable(answer)
                    return true
                }
            }
            return (users, sessions)
        }

        /// Another answer ends the story.
        private func requireDatabaseUnavailable(_ answer: Exchange) throws {
            expectDatabaseUnavailable(answer)
            try #require(answer.status == 503)
        }
    }
}
