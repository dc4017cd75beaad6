import Curl
import Foundation
import Harness
import Synchronization
import Testing

/// What visitors were told was done.
private final class Acknowledged: Sendable {
    struct Facts {
        var users: [String: Int] = [:]
        var sessions: [String: String] = [:]
        var ended: Set<String> = []
        var number: Int = 0
    }

    private let facts = Mutex(Facts())

    var all: Facts { facts.withLock { $0 } }

    func add(_ change: (inout Facts) -> Void) {
        facts.withLock { facts in
            change(&facts)
            facts.number += 1
        }
    }
}

extension Faults {
    @Suite("A server is killed in the middle of writes, 50 times over")
    struct KilledDuringWritesTests {
        private static let kills = 50

        /// SIGKILL takes the process and leaves what the kernel has: what a power cut would take besides is not seen here.
        @Test(
            "The database stays sound, holds what was acknowledged, and nothing by halves",
            arguments: Direction.allCases)
        func kills(direction: Direction) async throws {
            var options = Cluster.Options()
            options.arguments = ["--attempt-limits", "off"]
            try await withStage(direction, options) { stage in
                let told = Acknowledged()
                // Half of them here, half where a story of the other direction kills.
                for kill in 1...(Self.kills / 2) {
                    try await killInTheMiddle(kill, stage, told)
                    try await expectAllThere(stage, told)
                    try await stage.here.start()
                }
                #expect(told.all.number >= Self.kills)
                for (user, count) in told.all.users.sorted(by: { $0.key < $1.key }).suffix(5) {
                    let program = try await stage.program(of: user)
                    #expect((try claims(of: program.accessToken)["count"]?.integer ?? -1) >= count)
                }
                print(
                    "\(Self.kills / 2) kills of \(stage.here.name) in the middle of \(told.all.number) acknowledged writes"
                )
            }
        }

        /// Six visitors write without a pause, until the server is killed under them.
        private func killInTheMiddle(_ kill: Int, _ stage: Stage, _ told: Acknowledged) async throws {
            let before = told.all.number
            try await withThrowingTaskGroup(of: Void.self) { group in
                for visitor in 0..<6 {
                    group.addTask { await write("user-\(kill)-\(visitor)", stage.here, told) }
                }
                // Never twice after the same number of writes.
                try await waitUntil("\(kill % 7 + 1) writes are acknowledged", timeout: .seconds(30)) {
                    told.all.number > before + kill % 7
                }
                #expect(await stage.here.kill() != 0)
                try await group.waitForAll()
            }
        }

        /// Registers, signs in, signs out and signs out everywhere, again and again, until there is no answer.
        private func write(_ name: String, _ server: ServerProcess, _ told: Acknowledged) async {
            var number = 0
            while (try? await writeOnce("\(name)-\(number)", server, told)) != nil { number += 1 }
        }

        private func writeOnce(_ name: String, _ server: ServerProcess, _ told: Acknowledged) async throws {
            let phone = Visitor.program(named: name)
            #expect(try await phone.register(at: server, username: name, password: password(of: name)).status == 201)
            told.add { $0.users[name] = 0 }
            let laptop = Visitor.program(named: name)
            for visitor in [phone, laptop] {
                let answer = try await visitor.signIn(at: server, username: name, password: password(of: name))
                #expect(answer.status == 200)
                let claims = try claims(of: visitor.accessToken)
                let (session, user) = (try #require(claims["sid"]?.string), try #require(claims["sub"]?.string))
                told.add { $0.sessions[session] = user }
            }
            #expect(try await phone.send("POST", server, "/api/logout").status == 204)
            let session = try #require(try claims(of: phone.accessToken)["sid"]?.string)
            told.add { $0.ended.insert(session) }
            #expect(try await laptop.send("POST", server, "/api/logout-everywhere").status == 204)
            told.add { $0.users[name] = 1 }
        }

        private func expectAllThere(_ stage: Stage, _ told: Acknowledged) async throws {
            #expect(try await stage.database.faults() == [])
            #expect(try await stage.database.incompleteUsers() == [])
            let facts = told.all
            let counts = try await stage.database.counts()
            for (user, count) in facts.users { #expect((counts[user] ?? -1) >= count, "\(user)") }
            let sessions = try await stage.database.sessions()
            for (session, user) in facts.sessions { #expect(sessions[session] == user, "\(session)") }
            let ended = try await stage.database.endedSessions()
            #expect(facts.ended.subtracting(ended) == [])
        }
    }
}
