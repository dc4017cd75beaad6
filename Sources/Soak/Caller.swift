import Curl
import Harness
import History

/// Asks the servers, and writes down what was answered and when.
struct Caller: Sendable {
    let servers: [ServerProcess]
    let record: Record
    /// Whether servers may lose their database, so that they do not know themselves what a COMMIT has become.
    let mayLoseDatabase: Bool
    /// How often it asks where no server is there: for a minute, unless told otherwise.
    private let attempts: Int
    /// For checks only, which may be sent twice: libcurl does so when a connection that it kept has died meanwhile.
    private let checks = Client()

    init(_ ground: Ground, _ servers: [ServerProcess], _ record: Record, attempts: Int = 6_000) {
        self.attempts = attempts
        mayLoseDatabase = ground.mayLoseDatabase
        self.servers = servers
        self.record = record
    }

    /// What came of an operation.
    struct Outcome: Sendable {
        let answer: Answer
        var access: HeldToken?
        var refresh: HeldToken?
    }

    func signIn(_ account: Account, password: Int, at server: Int) async throws -> Outcome {
        try await change(
            account, .signIn(password: password), at: server, "/api/login",
            jsonObject(["username": account.name, "password": account.text(ofPassword: password)]))
    }

    func refresh(_ account: Account, _ token: HeldToken, at server: Int) async throws -> Outcome {
        try await change(
            account, .refresh(token.facts), at: server, "/api/refresh", jsonObject(["refresh_token": token.text]))
    }

    func signOut(_ account: Account, _ token: HeldToken, at server: Int) async throws -> Outcome {
        try await change(account, .signOut(token.facts), at: server, "/api/logout", "{}", token)
    }

    func signOutEverywhere(_ account: Account, _ token: HeldToken, at server: Int) async throws -> Outcome {
        try await change(
            account, .signOutEverywhere(token.facts), at: server, "/api/logout-everywhere", "{}", token)
    }

    func changePassword(
        _ account: Account, _ token: HeldToken, from: Int, to: Int, at server: Int
    ) async throws -> Outcome {
        let texts = [account.text(ofPassword: from), account.text(ofPassword: to)]
        return try await change(
            account, .changePassword(token.facts, from: from, to: to), at: server, "/api/password",
            jsonObject(["current_password": texts[0], "new_password": texts[1]]), token)
    }

    func check(_ account: Account, _ token: HeldToken, at server: Int) async throws -> Outcome {
        let headers = [Header("Authorization", "Bearer \(token.text)")]
        return try await perform(account, .check(token.facts), at: server) { url in
            try await checks.send(Request(url: url + "/api/me", headers: headers))
        }
    }

    /// Each on a new connection. On one that was kept, libcurl could send it again after the server had done it.
    private func change(
        _ account: Account, _ operation: Operation, at server: Int, _ path: String, _ json: String,
        _ token: HeldToken? = nil
    ) async throws -> Outcome {
        let headers =
            [Header("Content-Type", "application/json")]
            + (token.map { [Header("Authorization", "Bearer \($0.text)")] } ?? [])
        return try await perform(account, operation, at: server) { url in
            try await Client().send(
                Request(method: "POST", url: url + path, headers: headers, body: Array(json.utf8)))
        }
    }

    /// Asks this server; if it is down, the other one; and again until one is there.
    private func perform(
        _ account: Account, _ operation: Operation, at first: Int, _ send: (String) async throws -> Exchange
    ) async throws -> Outcome {
        var index = first
        var failures = 0
        while true {
            let server = servers[index % servers.count]
            let begin = record.now
            var outcome: Outcome
            do {
                outcome = Outcome(try await send(server.url), of: operation, mayLoseDatabase: mayLoseDatabase)
            } catch CurlError.couldNotConnect {
                // Nothing was sent: this is no operation.
                record.foundServerDown()
                index += 1
                failures += 1
                guard failures < attempts else {
                    throw HarnessError.timedOut(what: "a server is there", after: .seconds(60))
                }
                if failures.isMultiple(of: servers.count) { try await Task.sleep(for: .milliseconds(10)) }
                continue
            } catch is CurlError {
                outcome = Outcome(answer: .lost)
            }
            record.add(
                Event(
                    user: account.name, server: server.name, operation: operation, answer: outcome.answer,
                    begin: begin, end: record.now))
            if let access = outcome.access, let refresh = outcome.refresh {
                account.keep(access: access, refresh: refresh)
            }
            return outcome
        }
    }
}

extension Caller.Outcome {
    fileprivate init(_ exchange: Exchange, of operation: Operation, mayLoseDatabase: Bool) {
        if case .check(let token) = operation {
            self.init(answer: Answer(exchange, to: token))
            return
        }
        switch exchange.status {
        case 200:
            guard let access = HeldToken(exchange.json("access_token")),
                let refresh = HeldToken(exchange.json("refresh_token"))
            else {
                self.init(answer: .unexpected("200 without tokens"))
                return
            }
            self.init(
                answer: .tokens(access: access.facts, refresh: refresh.facts), access: access, refresh: refresh)
        case 204: self.init(answer: .done)
        case 503 where mayLoseDatabase && exchange.json("code") == "database_unavailable":
            self.init(answer: .doubtful)
        // Too many at once, or a file that is busy: both say that nothing was done.
        case 429, 503: self.init(answer: .unavailable)
        case 401, 403: self.init(answer: .refused(exchange.json("code") ?? "\(exchange.status)"))
        default: self.init(answer: .unexpected("\(exchange.status) \(exchange.json("code") ?? "")"))
        }
    }
}

extension Answer {
    /// What came of a check, which no statement may take.
    fileprivate init(_ exchange: Exchange, to token: TokenFacts) {
        if let timing = exchange.response.serverTiming, timing != ServerTiming(auth: 0, db: 0) {
            self = .unexpected("\(exchange.status) after \(timing.db) statements")
            return
        }
        switch exchange.status {
        case 200: self = TokenFacts(exchange.json) == token ? .done : .unexpected("the claims of another token")
        case 401: self = .refused(exchange.json("code") ?? "401")
        case 503: self = .unavailable
        default: self = .unexpected("\(exchange.status) \(exchange.json("code") ?? "")")
        }
    }
}
