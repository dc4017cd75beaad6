import Curl
import Harness
import Synchronization
import Testing

/// Sign-ins that come faster than passwords can be hashed, until they are called off.
private final class Flood: Sendable {
    private let isOver = Atomic<Bool>(false)
    /// How many sign-ins were turned away because the queue for hashes was full.
    private let refused = Atomic<Int>(0)

    /// Runs `body` while the queue of `server` is full.
    static func during(at server: ServerProcess, _ body: () async throws -> Void) async throws {
        let flood = Flood()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Each under another name, as the limit of one account is not what is meant here.
            for index in 0..<30 { group.addTask { await flood.signIn("nobody-\(index)", at: server) } }
            defer { flood.isOver.store(true, ordering: .relaxed) }
            try await waitUntil("the queue is full", timeout: .seconds(30)) {
                flood.refused.load(ordering: .relaxed) > 0
            }
            try await body()
            // Who waits in the queue would be waited for.
            await server.kill()
            group.cancelAll()
        }
    }

    private func signIn(_ name: String, at server: ServerProcess) async {
        // By the form, which there is with tokens and without.
        let visitor = Visitor.browser(named: name)
        while !isOver.load(ordering: .relaxed), !Task.isCancelled {
            let answer = try? await visitor.signIn(at: server, username: name, password: "a wrong password")
            if answer?.status == 503 { refused.wrappingAdd(1, ordering: .relaxed) }
            guard answer != nil else { return }
        }
    }
}

@Suite("A flood of sign-ins")
struct FloodTests {
    /// About two seconds a hash, so that a few of them fill the queue.
    private static let scrypt = "15,8,12"

    @Test(
        "Tokens are checked and renewed as ever, on both servers, while no more passwords can be",
        arguments: Direction.allCases)
    func tokensWork(direction: Direction) async throws {
        var options = Cluster.Options()
        options.scrypt = Self.scrypt
        try await withStage(direction, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.program(of: "alice")
            try await Flood.during(at: stage.here) {
                let refused = try await Visitor.program(named: "newcomer")
                    .signIn(at: stage.here, username: "alice", password: password(of: "alice"))
                #expect(refused.status == 503)
                #expect(refused.json("code") == "too_many_sign_ins")
                #expect(refused.header("Retry-After") != nil)
                for server in stage.servers {
                    for _ in 0..<20 {
                        let me = try await alice.get(server, "/api/me")
                        #expect(me.status == 200)
                        #expect(me.timings.total < 1)
                    }
                    for _ in 0..<5 {
                        let refresh = try await alice.refresh(at: server)
                        #expect(refresh.status == 200)
                        #expect(refresh.timings.total < 2)
                    }
                    #expect(try await alice.get(server, server.dataPath).status == 200)
                }
            }
        }
    }

    @Test(
        "Without tokens: a password that cannot be hashed now is not changed, and nobody is signed out",
        arguments: SessionPlace.allCases)
    func passwordChange(place: SessionPlace) async throws {
        var options = place.options()
        options.scrypt = Self.scrypt
        try await withStage(.bankToRetirement, options) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            try await Flood.during(at: stage.here) {
                let form = [("current_password", password(of: "alice")), ("new_password", "another long password")]
                let answer = try await alice.post(stage.here, "/password", form: form)
                #expect(answer.status == 503)
                #expect(answer.header("Retry-After") != nil)
                #expect(answer.text.contains("Too many people are signing in."))
                #expect(answer.setCookies.isEmpty)
                try await expectKnown(alice, as: "alice", at: stage.here, place)
                #expect(try await stage.database.counts()["alice"] == 0)
            }
            // The password is what it was: the other server, which nobody floods, knows it.
            #expect(
                try await Visitor.browser(named: "phone")
                    .signIn(at: stage.there, username: "alice", password: password(of: "alice")).status == 303)
        }
    }
}
