import Curl
import Foundation
import Harness
import Synchronization
import Testing

/// What clients under load were answered.
private final class Load: Sendable {
    struct Answers {
        var statuses: [Int: Int] = [:]
        var sessions: Set<String> = []
        var failures: [CurlError] = []
    }

    private let answers = Mutex(Answers())

    var all: Answers { answers.withLock { $0 } }

    func add(_ exchange: Exchange, session: String?) {
        answers.withLock { answers in
            answers.statuses[exchange.status, default: 0] += 1
            if let session { answers.sessions.insert(session) }
        }
    }

    func add(_ failure: CurlError) { answers.withLock { $0.failures.append(failure) } }
}

extension Faults {
    /// What SIGTERM promises under load: a request that the server has begun is answered, in full, and then the connection is
    /// closed. It does not promise that a connection which is kept open between requests stays so: a client's next request
    /// may meet its end, unread, and HTTP leaves it to the client to send it again (RFC 9112 section 9.3.1).
    @Suite("A server is stopped while many connections are busy")
    struct StopUnderLoadTests {
        private static let clients = 12

        @Test(
            "What it began it answers: nothing is done without an answer, and no answer is cut short", arguments: 1...4)
        func stop(round: Int) async throws {
            try await withStage(round.isMultiple(of: 2) ? .bankToRetirement : .retirementToBank) { stage in
                try await stage.register("alice")
                let load = Load()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<Self.clients { group.addTask { await work(stage.here, load) } }
                    try await waitUntil("all are at work", timeout: .seconds(30)) {
                        load.all.sessions.count >= Self.clients * (2 + round)
                    }
                    stage.here.signal(SIGTERM)
                    try await group.waitForAll()
                }
                try await waitUntil("\(stage.here.name) ends", timeout: .seconds(15)) { !stage.here.isRunning }
                #expect(stage.here.exitStatus == 0)

                let answers = load.all
                #expect(answers.statuses.keys.sorted() == [200])
                #expect(answers.failures.count == Self.clients)
                for failure in answers.failures { #expect(isOfConnection(failure), "\(failure)") }
                // Every sign-in leaves a session behind: one that was done and not answered would be seen here.
                #expect(Set(try await stage.database.sessions().keys) == answers.sessions)
            }
        }

        /// Signs in and looks, on one connection that is kept, until there is no server.
        private func work(_ server: ServerProcess, _ load: Load) async {
            let client = Client()
            do {
                while true {
                    let signIn = try await client.send(
                        Request(
                            method: "POST", url: server.url + "/api/login",
                            headers: [Header("Content-Type", "application/json")],
                            body: Array(jsonObject(["username": "alice", "password": password(of: "alice")]).utf8)))
                    let token = signIn.json("access_token")
                    load.add(signIn, session: (try? claims(of: token))?["sid"]?.string)
                    let me = try await client.send(
                        Request(
                            url: server.url + "/api/me", headers: [Header("Authorization", "Bearer \(token ?? "")")]))
                    load.add(me, session: nil)
                }
            } catch {
                load.add(error)
            }
        }

        /// Whether a request found no connection, or one that was closed before a byte of an answer: not an answer cut short
        /// (18), and none that did not come (28).
        private func isOfConnection(_ error: CurlError) -> Bool {
            switch error {
            case .couldNotConnect, .other(code: 52, _), .other(code: 55, _), .other(code: 56, _): true
            default: false
            }
        }
    }
}
