import Curl
import Foundation
import Harness
import Synchronization

extension Story {
    func flood() async throws {
        try await guessing()
        try await moreThanCanBeHashed()
    }

    /// One name, many passwords: what the limit of an account is for.
    private func guessing() async throws {
        try await Cluster.with { cluster in
            say("Somebody tries one password after the other under one name, at both servers in turn.")
            let guesser = program("guesser")
            var attempts = 0
            var answer = try await guesser.signIn(at: cluster.bank, as: "nobody", password: "guess 0")
            while answer.status == 401, attempts < 60 {
                attempts += 1
                // These all look the same; the one that is refused is told.
                let server = cluster.servers[attempts % 2]
                answer = try await guesser.visitor.signIn(
                    at: server, username: "nobody", password: "guess \(attempts)")
                if answer.status != 401 { show(answer, by: guesser.visitor, at: server) }
            }
            expectRefused(answer, 429, "too_many_attempts", "after some guesses no more are looked at")
            for server in cluster.servers {
                let next = try await guesser.signIn(at: server, as: "nobody", password: "the next one")
                expectRefused(next, 429, "too_many_attempts", "\(server.called) has counted those at the other too")
            }
        }
    }

    /// Many names: no account is guessed at, but each password has to be hashed.
    private func moreThanCanBeHashed() async throws {
        var options = Cluster.Options()
        // About two seconds for each, so that a few fill the queue.
        options.scrypt = "15,8,12"
        try await Cluster.with(options) { cluster in
            say("Now under many names at once, at a bank whose password hashes are dear. Alice is signed in already.")
            try await cluster.add("alice")
            let alice = program("alice")
            let signIn = try await alice.signIn(at: cluster.bank, as: "alice")
            expect("Alice is in", signIn.status == 200)
            try await SignInFlood.during(at: cluster.bank) {
                let newcomer = try await program("newcomer").signIn(at: cluster.bank, as: "alice")
                expectRefused(
                    newcomer, 503, "too_many_sign_ins", "who comes from the flood's own address has to come back")
                say("Whoever is signed in goes on, at the flooded bank and at retirement:")
                try await goOn(alice, cluster, oneHash: signIn.timings.total)
            }
        }
    }

    private func goOn(_ alice: Participant, _ cluster: Cluster, oneHash: Double) async throws {
        var rows: [[String]] = []
        for server in cluster.servers {
            let me = try await alice.get(server, "/api/me")
            expect("\(server.called) knows her", me.status == 200)
            var slowest = me.timings.total
            var accepted = me.status == 200 ? 1 : 0
            for _ in 1..<20 {
                let again = try await alice.visitor.get(server, "/api/me")
                slowest = max(slowest, again.timings.total)
                if again.status == 200 { accepted += 1 }
            }
            expect(
                "of twenty times all were answered, each sooner than one password is hashed",
                accepted == 20 && slowest < oneHash, seen: "\(accepted), \(inMilliseconds(slowest))")
            let renewal = try await alice.refresh(at: server)
            expect("\(server.called) renews her tokens", renewal.status == 200)
            rows.append([
                server.name, inMilliseconds(slowest), inMilliseconds(renewal.timings.total), inMilliseconds(oneHash),
            ])
        }
        tabulate(
            Table(
                "While no password can be hashed",
                columns: ["server", "slowest of 20 /api/me", "renewal", "sign-in, before the flood"], rows: rows))
    }

    private func expectRefused(_ answer: Exchange, _ status: Int, _ code: String, _ sentence: String) {
        let wait = answer.header("Retry-After").flatMap { Int($0) } ?? 0
        expect(
            "\(sentence): \(status), with Retry-After",
            answer.status == status && answer.json("code") == code && wait > 0)
    }
}

/// Sign-ins that come faster than passwords can be hashed. Nobody tells them one by one.
private final class SignInFlood: Sendable {
    /// How many were turned away because the queue for hashes was full.
    private let refused = Atomic<Int>(0)

    /// Runs `body` while `server` lets nobody from here into its queue. In the end that server is dead: who waits in the
    /// queue would be waited for.
    static func during(at server: ServerProcess, _ body: () async throws -> Void) async throws {
        let flood = SignInFlood()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // However many threads hash.
            let count = max(30, 8 * ProcessInfo.processInfo.activeProcessorCount)
            // At once, as a flood is; each under another name, as the limit of one account is not what is meant here.
            for index in 0..<count { group.addTask { await flood.signIn("nobody-\(index)", at: server) } }
            let outcome: Result<Void, any Error>
            do {
                try await waitUntil("the queue is full", timeout: .seconds(30)) {
                    flood.refused.load(ordering: .relaxed) > 0
                }
                try await body()
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await server.kill()
            group.cancelAll()
            try outcome.get()
        }
    }

    private func signIn(_ name: String, at server: ServerProcess) async {
        let visitor = Visitor.program(named: name)
        while !Task.isCancelled {
            let answer = try? await visitor.signIn(at: server, username: name, password: "a guess")
            guard let answer else { return }
            if answer.status == 503 { refused.wrappingAdd(1, ordering: .relaxed) }
        }
    }
}
