import Curl
import Foundation
import Testing

@testable import Harness

@Suite("Following the audit record")
struct AuditFollowTests {
    /// A running `sso audit --follow`, and a file with what it printed.
    private struct Follower {
        let process: ChildProcess
        private let output: String

        init(_ stage: Stage, in folder: String, _ more: String...) throws {
            output = "\(folder)/followed-\(UUID().uuidString)"
            try #require(FileManager.default.createFile(atPath: output, contents: nil))
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            process = try ChildProcess(
                .init(
                    executable: Surroundings.path(of: "sso"),
                    arguments: ["audit", "--follow", "--json", "--database", stage.cluster.database] + more,
                    environment: Surroundings.environment(adding: [:]), standardOutput: file.fileDescriptor),
                watchedBy: try Reaper.ofProgram.get())
        }

        /// The events that it has printed, in their order.
        var events: [String] {
            let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").compactMap { JSONValue(Array($0.utf8))?["event"]?.string }
        }

        func wait(for events: [String]) async throws {
            try await waitUntil("it has printed \(events)", timeout: .seconds(30)) { self.events.count >= events.count }
            #expect(self.events == events)
        }
    }

    @Test(
        "It prints what was there and then each event of both servers as it comes; Ctrl-C ends it in order",
        arguments: [SIGINT, SIGTERM])
    func follow(signal: Int32) async throws {
        try await withMailFolder { folder in
            try await withStage(.bankToRetirement) { stage in
                try await stage.register("alice")
                let all = try Follower(stage, in: folder)
                let signIns = try Follower(stage, in: folder, "--event", "sign_in", "--user", "alice")
                try await all.wait(for: ["registered"])
                for server in stage.servers { _ = try await stage.program(of: "alice", at: server) }
                _ = try await Visitor.program(named: "guesser")
                    .signIn(at: stage.there, username: "alice", password: "not her password")
                try await all.wait(for: ["registered", "sign_in", "sign_in", "sign_in_failed"])
                try await signIns.wait(for: ["sign_in", "sign_in"])
                for follower in [all, signIns] {
                    #expect(follower.process.status == nil)
                    follower.process.signal(signal)
                    #expect(await follower.process.waitForExit(timeout: .seconds(15)) == 0)
                }
                #expect(all.events.count == 4)
            }
        }
    }

    @Test(
        "Of a record that is empty when it begins, it misses nothing",
        .enabled(if: DatabaseKind.chosen == .sqlite, "it looks for the file among those that the follower has open"))
    func fromTheBeginning() async throws {
        try await withMailFolder { folder in
            try await withStage(.bankToRetirement) { stage in
                let follower = try Follower(stage, in: folder)
                // It has looked once when it has the database open; then comes the very first event.
                try await waitUntil("it reads the database") { try isOpen(stage.database.path, in: follower.process) }
                try await stage.register("alice")
                try await stage.register("bob")
                try await follower.wait(for: ["registered", "registered"])
                follower.process.signal(SIGINT)
                #expect(await follower.process.waitForExit(timeout: .seconds(15)) == 0)
            }
        }
    }

    @Test("An event that comes into sight after one with a larger number is printed too, and each once")
    func outOfOrder() async throws {
        try await withMailFolder { folder in
            try await withStage(.bankToRetirement) { stage in
                // As by two who were given their numbers in one order, and committed in the other.
                let given = stage.database.kind == .postgresql ? "OVERRIDING SYSTEM VALUE" : ""
                func add(_ id: Int, _ event: String) async throws {
                    try await stage.database.execute(
                        "INSERT INTO audit (id, at, event, server) \(given) VALUES (\(id), 1, '\(event)', 'bank')")
                }
                try await add(1, "sign_in")
                let follower = try Follower(stage, in: folder)
                var events = ["sign_in"]
                try await follower.wait(for: events)
                for (id, event) in [(500, "sign_out"), (400, "sign_in_failed"), (501, "sign_in"), (450, "registered")] {
                    try await add(id, event)
                    events.append(event)
                    try await follower.wait(for: events)
                }
                follower.process.signal(SIGINT)
                #expect(await follower.process.waitForExit(timeout: .seconds(15)) == 0)
            }
        }
    }

    @Test("With a reader that has stopped reading, the second Ctrl-C ends it")
    func stalled() async throws {
        try await withStage(.bankToRetirement) { stage in
            try await stage.database.execute(
                """
                INSERT INTO audit (at, event, server, detail)
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000)
                SELECT 1, 'sign_in', 'bank', 'so that more is to be told than fits into a pipe' FROM numbers
                """)
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            defer { for end in ends { close(end) } }
            let process = try ChildProcess(
                .init(
                    executable: Surroundings.path(of: "sso"),
                    arguments: ["audit", "--follow", "--limit", "2000", "--database", stage.cluster.database],
                    environment: Surroundings.environment(adding: [:]), standardOutput: ends[1]),
                watchedBy: try Reaper.ofProgram.get())
            try await waitUntil("the pipe is full", timeout: .seconds(30)) {
                var waiting: Int32 = 0
                return ioctl(ends[0], UInt(FIONREAD), &waiting) == 0 && waiting > 60_000
            }
            // The first is waited for in order, which takes a moment.
            try await waitUntil("it has ended", timeout: .seconds(30)) {
                process.signal(SIGINT)
                return process.status != nil
            }
        }
    }

    /// Whether a process has a file open.
    private func isOpen(_ path: String, in process: ChildProcess) throws -> Bool {
        let folder = "/proc/\(process.processID)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.contains {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path
        }
    }
}
