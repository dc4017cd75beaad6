import Curl
import Harness

/// Checks of somebody's token at a steady rate, whatever the servers have to do beside.
struct LagTraffic {
    /// What one worker did.
    struct Count: Sendable {
        var requests = 0
        var statements = 0
    }

    /// How many ask at the same time.
    let workers: Int
    private let servers: [String]
    private let token: String
    private let interval: Duration

    init(servers: [String], requestsPerSecond: Int) async throws {
        self.servers = servers
        workers = min(4 * servers.count, requestsPerSecond)
        interval = Duration.seconds(1) * workers / requestsPerSecond
        token = try await LagUser(at: servers[0]).signIn(at: servers[0])
    }

    /// Asks the worker's server until it is cancelled. What is late is made up for, so the rate is what was asked for.
    func run(_ worker: Int) async throws -> Count {
        let client = Client()
        let server = servers[worker % servers.count]
        var count = Count()
        var due = ContinuousClock.now + interval * worker / workers
        while (try? await Task.sleep(until: due, clock: .continuous)) != nil {
            let answer = try await client.send(
                Request(url: server + "/api/me", headers: [Header("Authorization", "Bearer \(token)")]))
            guard answer.status == 200 else {
                throw Failure(
                    "\(server) refused a good token: \(answer.status) \(answer.json("code") ?? "")",
                    hint: "with many rounds its life may be over; see '--access-ttl'")
            }
            count.requests += 1
            count.statements += answer.response.serverTiming?.db ?? 0
            due += interval
        }
        return count
    }
}
