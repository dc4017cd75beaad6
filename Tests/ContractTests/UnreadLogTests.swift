import Curl
import Foundation
import Harness
import Testing

@Suite("A log that nobody reads")
struct UnreadLogTests {
    /// A pipe by the name of a server's log file, which is open and which nobody reads until they are asked to.
    private final class Pipe: Sendable {
        private let descriptor: Int32

        init(at path: String) throws {
            try #require(mkfifo(path, 0o600) == 0)
            // For reading and writing, so that neither end waits for the other to be opened.
            descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            try #require(descriptor >= 0)
        }

        deinit { close(descriptor) }

        /// What stands in it now, taken out.
        func read() -> String {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                bytes += buffer[..<count]
            }
        }
    }

    /// Many sign-ins that are refused, each of which is logged, on one connection.
    private func signIn(times: Int, at server: ServerProcess) async throws {
        let body = jsonObject(["username": "x", "password": "y"])
        func request(_ connection: String) -> String {
            "POST /api/login HTTP/1.1\r\nHost: a\r\nConnection: \(connection)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let connection = try RawConnection(to: server.port)
        async let isSent = connection.send(
            String(repeating: request("keep-alive"), count: times - 1) + request("close"))
        let (answers, isClosed) = await connection.readToEnd()
        #expect(await isSent && isClosed)
        #expect(answers.components(separatedBy: "HTTP/1.1 4").count == times + 1)
    }

    @Test("The server answers all the same, counts what is lost, says so when somebody reads again, and ends in order")
    func answers() async throws {
        try await withFolder { folder in
            let pipe = try Pipe(at: "\(folder)/bank.log")
            var options = Cluster.Options()
            options.folder = folder
            options.bankArguments = ["--log-level", "trace"]
            try await Cluster.with(options) { cluster in
                let program = Visitor.program(named: "program")
                func dropped() async throws -> Int {
                    let text = try await program.get(cluster.bank, "/metrics").text
                    let line = try #require(
                        text.split(separator: "\n").first { $0.hasPrefix("sso_log_lines_dropped_total ") })
                    return try #require(Int(line.split(separator: " ")[1]))
                }
                // 64 KiB fit into the pipe and 1 MiB into the server's queue.
                try await waitUntil("lines are lost", timeout: .seconds(60)) {
                    try await signIn(times: 500, at: cluster.bank)
                    return try await dropped() > 0
                }
                var log = ""
                try await waitUntil("the log says how many are missing") {
                    log += pipe.read()
                    return log.contains("log lines were lost: they came faster than they were read lines=")
                }
                #expect(log.split(separator: "\n").allSatisfy { $0.utf8.count <= 8192 })
                try await waitUntil("lines flow again") {
                    try await signIn(times: 1, at: cluster.bank)
                    return pipe.read().contains("sign-in refused")
                }
                // Full once more, and nobody reads: the end does not wait for it.
                try await signIn(times: 1500, at: cluster.bank)
                let start = ContinuousClock.now
                #expect(await cluster.bank.stop() == 0)
                #expect(ContinuousClock.now - start < .seconds(8))
            }
        }
    }

    @Test("At the end the server waits a moment for its last lines to be read, and none is missing")
    func lastLines() async throws {
        try await withFolder { folder in
            let pipe = try Pipe(at: "\(folder)/bank.log")
            var options = Cluster.Options()
            options.folder = folder
            options.database = "sqlite:\(folder)/sso.sqlite"
            try await Cluster.with(options) { cluster in
                // More than fits into the pipe, so the last of them wait in the server.
                let times = 1500
                try await signIn(times: times, at: cluster.bank)
                await cluster.retirement.stop()
                cluster.bank.signal(SIGTERM)
                // The last server that closes the database takes its log away, and after that only lines are left to write.
                try await waitUntil("the database is closed") {
                    !FileManager.default.fileExists(atPath: "\(folder)/sso.sqlite-wal") || !cluster.bank.isRunning
                }
                var log = ""
                try await waitUntil("the server has ended") {
                    log += pipe.read()
                    return !cluster.bank.isRunning
                }
                log += pipe.read()
                #expect(cluster.bank.exitStatus == 0)
                #expect(log.components(separatedBy: "sign-in refused").count == times + 1)
            }
        }
    }
}
