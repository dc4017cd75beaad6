import Curl
import Harness
import Synchronization
import Testing

/// People who use both addresses of a gateway without a pause, and each answer that was not what it should be.
final class Traffic: Sendable {
    private struct State {
        var requests = 0
        var failures: [String] = []
        /// How often each of them has renewed their tokens.
        var renewals: [Int]
        var isOver = false
    }

    private let gateway: Gateway
    private let people: [Visitor]
    private let state: Mutex<State>

    /// Registers so many people and signs them in.
    init(through gateway: Gateway, people number: Int) async throws {
        self.gateway = gateway
        state = Mutex(State(renewals: Array(repeating: 0, count: number)))
        var people: [Visitor] = []
        for index in 0..<number {
            let person = Visitor.program(named: "person-\(index)")
            let members = jsonObject(["username": person.name, "password": password])
            try #require(try await person.post(gateway.bankURL + "/api/register", json: members).status == 201)
            let tokens = try await person.post(gateway.bankURL + "/api/login", json: members)
            try #require(tokens.status == 200)
            person.keepTokens(of: tokens)
            people.append(person)
        }
        self.people = people
    }

    /// How many requests were answered or have failed so far.
    var requests: Int { state.withLock { $0.requests } }
    /// What was not answered with 200.
    var failures: [String] { state.withLock { $0.failures } }

    /// Lets all people work as long as the body runs.
    func flow(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Beside each other: the gateway always has requests under way.
            for index in people.indices { group.addTask { await self.work(index) } }
            let result = await Result(catching: body)
            state.withLock { $0.isOver = true }
            try await group.waitForAll()
            try result.get()
        }
    }

    /// Waits until each of them has renewed their tokens by a request that was made later than now.
    func waitUntilRenewed() async throws {
        let before = state.withLock { $0.renewals }
        try await waitUntil("all have new tokens", timeout: .seconds(60)) {
            // One that was under way already may still have come to a server as it was before.
            state.withLock { state in zip(state.renewals, before).allSatisfy { $0 >= $1 + 2 } }
        }
    }

    private func work(_ index: Int) async {
        let person = people[index]
        var turn = index
        while !state.withLock({ $0.isOver }) {
            turn += 1
            let (here, there) =
                turn.isMultiple(of: 2)
                ? (gateway.bankURL, gateway.retirementURL) : (gateway.retirementURL, gateway.bankURL)
            for url in [here, there] { await ask(person, "\(url)/api/me") { try await person.get($0) } }
            await ask(person, "\(gateway.bankURL)/api/accounts") { try await person.get($0) }
            // It brings a token of its own; the old one beside it would only confuse.
            let renewer = Visitor.program(named: person.name)
            let members = jsonObject(["refresh_token": person.refreshToken ?? ""])
            let answer = await ask(person, "\(here)/api/refresh") { try await renewer.post($0, json: members) }
            guard let answer, answer.status == 200 else { continue }
            person.keepTokens(of: answer)
            state.withLock { $0.renewals[index] += 1 }
        }
    }

    @discardableResult
    private func ask(_ person: Visitor, _ url: String, _ send: (String) async throws -> Exchange) async -> Exchange? {
        let answer = await Result(catching: { try await send(url) })
        state.withLock { state in
            state.requests += 1
            switch answer {
            case .success(let exchange) where exchange.status == 200: break
            case .success(let exchange):
                state.failures.append("\(person.name) at \(url): \(exchange.status) \(exchange.text.prefix(200))")
            case .failure(let error): state.failures.append("\(person.name) at \(url): \(error)")
            }
        }
        return try? answer.get()
    }
}

extension Result where Failure == any Error {
    /// What a body returns or throws.
    nonisolated(nonsending) init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
