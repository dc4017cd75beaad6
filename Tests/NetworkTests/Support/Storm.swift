import Curl
import Foundation
import Harness
import History
import Synchronization
import Testing

/// Devices of several users that refresh as fast as they can at any of the servers, and now and then sign out everywhere;
/// all of it is written down for the checker.
///
/// A 503 counts as no answer at all: where a connection broke between a COMMIT and its answer, the server does not know
/// itself what was done.
final class Storm: Sendable {
    private struct State {
        var events: [Event] = []
        /// What devices had when they were told that they are signed out everywhere.
        var revoked: [Held] = []
        var isOver = false
    }

    private let servers: [ServerProcess]
    private let users: [String]
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Registers the users at the first server.
    init(users names: [String], at servers: [ServerProcess]) async throws {
        self.servers = servers
        users = names
        for name in names {
            let answer = try await Visitor.program(named: name).register(
                at: servers[0], username: name, password: password)
            try #require(answer.status == 201)
        }
    }

    /// What was done so far.
    var events: [Event] { state.withLock { $0.events } }

    /// How many refreshes were answered with tokens so far.
    var refreshes: Int {
        state.withLock { state in
            state.events.count { event in
                if case (.refresh, .tokens) = (event.operation, event.answer) { true } else { false }
            }
        }
    }

    /// How many answers were of a kind.
    func count(_ isMeant: (Answer) -> Bool) -> Int { events.count { isMeant($0.answer) } }

    /// What was done, in a line.
    var line: String {
        let revocations = events.count { event in
            if case (.signOutEverywhere, .done) = (event.operation, event.answer) { true } else { false }
        }
        return "\(events.count) operations, \(refreshes) refreshes, \(revocations) sign-outs everywhere, "
            + "\(count { $0 == .lost }) without an answer"
    }

    /// Runs the storm with so many devices for each user, as long as the body runs.
    func rage<Value: Sendable>(devices: Int, _ body: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for user in users {
                // All devices at once: their races are what is checked.
                for index in 0..<devices { group.addTask { try await self.use(user, device: index) } }
            }
            let result = await Result(catching: body)
            state.withLock { $0.isOver = true }
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// One device: it signs in, refreshes and refreshes; the first of each user's signs out everywhere now and then.
    private func use(_ user: String, device index: Int) async throws {
        var held: Held?
        var turn = index
        while !state.withLock({ $0.isOver }) {
            turn += 1
            let server = servers[turn % servers.count]
            guard let tokens = held else {
                let members: KeyValuePairs = ["username": user, "password": password]
                held = try await ask(user, .signIn(password: 0), server, "/api/login", members).held
                continue
            }
            let outcome: (answer: Answer, held: Held?)
            if index == 0, turn % 12 == 0 {
                outcome = try await ask(
                    user, .signOutEverywhere(tokens.access.facts), server, "/api/logout-everywhere", [:],
                    bearer: tokens.access)
                if outcome.answer == .done { state.withLock { $0.revoked.append(tokens) } }
            } else {
                outcome = try await ask(
                    user, .refresh(tokens.refresh.facts), server, "/api/refresh",
                    ["refresh_token": tokens.refresh.text])
            }
            // Without an answer it goes on with what it has, and shows the same token again.
            if outcome.answer != .lost { held = outcome.held }
        }
    }

    /// Asks once, each time on a new connection, on which nothing is sent again, and writes down what came of it.
    private func ask(
        _ user: String, _ operation: History.Operation, _ server: ServerProcess, _ path: String,
        _ members: KeyValuePairs<String, String>, bearer: Token? = nil
    ) async throws -> (answer: Answer, held: Held?) {
        let headers =
            [Header("Content-Type", "application/json")]
            + (bearer.map { [Header("Authorization", "Bearer \($0.text)")] } ?? [])
        let begin = now
        var held: Held?
        let answer: Answer
        do {
            let exchange = try await Client().send(
                Request(
                    method: "POST", url: server.url + path, headers: headers, body: Array(jsonObject(members).utf8)))
            held = Held(exchange)
            answer = Answer(exchange, held)
        } catch {
            answer = .lost
        }
        let event = Event(
            user: user, server: server.name, operation: operation, answer: answer, begin: begin, end: now)
        state.withLock { $0.events.append(event) }
        return (answer, held)
    }

    private var now: Int { Int((ContinuousClock.now - start) / .nanoseconds(1)) }

    // MARK: Afterwards

    /// Shows the tokens that were revoked last, as far as that was acknowledged, to every server; then lets the checker look
    /// at all that was done, and at what the database says.
    func check(_ cluster: ReplicaCluster, _ rule: Checker.Rule) async throws {
        let revoked = state.withLock { $0.revoked }
        try #require(!revoked.isEmpty)
        var taken = 0
        for held in revoked.suffix(12) {
            let holder = Visitor.program(named: "the holder of an old token")
            holder.use(token: held.access.text)
            holder.use(refreshToken: held.refresh.text)
            for server in servers {
                try await holder.waitUntilRevoked(at: server)
                if try await holder.refresh(at: server).status != 401 { taken += 1 }
            }
        }
        #expect(taken == 0, "revoked refresh tokens were taken")
        let stored = try await Self.stored(users, cluster)
        let violations = Checker(rule: rule).violations(in: events, stored: stored)
        #expect(violations.isEmpty, "\(violations.count) in all: \(violations.prefix(5).map(\.description))")
    }

    /// What the database says of each user.
    private static func stored(_ users: [String], _ cluster: ReplicaCluster) async throws -> [String: StoredUser] {
        let (database, url) = (cluster.database, cluster.databaseURL)
        var stored: [String: StoredUser] = [:]
        for row in try await database.query("SELECT username, count FROM users", at: url) where users.contains(row[0]) {
            stored[row[0]] = StoredUser(count: Int(row[1]) ?? -1, sessions: [:])
        }
        let sessions = try await database.query(
            "SELECT username, sessions.id, ended_at IS NOT NULL FROM sessions JOIN users ON users.id = user_id", at: url
        )
        for row in sessions { stored[row[0]]?.sessions[row[1]] = row[2] == "t" }
        return stored
    }
}
