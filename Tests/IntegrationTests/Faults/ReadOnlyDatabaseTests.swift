import Curl
import Harness
import Testing

extension Faults {
    @Suite(
        "The database can only be read",
        .enabled(if: DatabaseKind.chosen == .sqlite, "it is about the disk under the SQLite file"))
    struct ReadOnlyDatabaseTests {
        @Test("A server does not start on it, and says why; when it can be written again, all is there")
        func start() async throws {
            try await SmallDisk.with(megabytes: 8) { stage, disk in
                try await stage.register("alice")
                let phone = try await stage.program(of: "alice")
                for server in stage.servers { await server.stop() }

                try await disk.run("mount", "-o", "remount,bind,ro", disk.path)
                for server in stage.servers {
                    await #expect(throws: HarnessError.self) { try await server.start() }
                    #expect(server.exitStatus == 78)
                    let lines = server.standardError.split(separator: "\n").suffix(2)
                    #expect(lines.first?.hasPrefix("\(server.name): the database sqlite:\(disk.path)") == true)
                    #expect(lines.first?.contains("cannot be opened") == true)
                    #expect(lines.last?.hasPrefix("hint: ") == true)
                }

                try await disk.run("mount", "-o", "remount,bind,rw", disk.path)
                for server in stage.servers { try await server.start() }
                try await expectRefreshWorks(phone, at: stage.servers, count: 0)
                #expect(try await disk.database().faults() == [])
            }
        }
    }
}
