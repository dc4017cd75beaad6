import Harness

/// How many requests a second the bank answers, and how many other servers do that do the same.
func measureHTTP(_ bench: Bench) async throws -> SectionResult {
    var result = SectionResult(.http)
    guard let wrk = Wrk() else {
        result.missing.append("wrk")
        return result
    }
    let seconds = bench.pick(3, quick: 1)
    try await Cluster.with { cluster in
        let token = try await SampleToken(from: cluster)
        let bearer = "Authorization: Bearer \(token.text)"
        func load(_ name: String, _ kind: Figure.Kind, _ url: String, _ headers: [String]) -> Contender {
            Contender(name, kind, .requestsPerSecond) {
                try await wrk.run(url, seconds: seconds, headers: headers).requestsPerSecond
            }
        }
        var contenders = [
            load("ours: /livez", .limit, "\(cluster.bank.url)/livez", []),
            load("ours: /api/me, bearer", .ours, "\(cluster.bank.url)/api/me", [bearer]),
            load("ours: /api/me, cookie", .ours, "\(cluster.bank.url)/api/me", ["Cookie: sso_access=\(token.text)"]),
        ]
        try await withPeerServers(bench.peers, token, missing: &result.missing) { urls in
            contenders += urls.map { load($0, .peer, "\($1)/api/me", [bearer]) }
            let figures = try await bench.compete(contenders, rounds: bench.pick(11, quick: 3))
            result.figures = figures.all
            guard let livez = figures["ours: /livez"], let byBearer = figures["ours: /api/me, bearer"],
                let byCookie = figures["ours: /api/me, cookie"]
            else { return }
            result.rows = [
                Row("/api/me with bearer : /livez", byBearer, over: livez, aim: .atLeast(0.9)),
                Row("/api/me with cookie : /livez", byCookie, over: livez, aim: .atLeast(0.9)),
            ]
            if let go = figures[goServer] {
                result.rows.append(Row("/api/me with bearer : \(goServer)", byBearer, over: go, aim: .above(1)))
            }
            if let hummingbird = figures[swiftServer] {
                result.rows.append(
                    Row("/api/me with bearer : \(swiftServer)", byBearer, over: hummingbird, aim: .atLeast(1.8)))
            }
            result.charts = [Chart("Requests a second: more is better", figures.all)]
        }
    }
    result.notes.append(
        "http: wrk -t1 -c32 -d\(seconds)s on the same machine as the servers; the peers verify the bearer token and "
            + "answer its claims as JSON.")
    return result
}

private let goServer = "Go net/http + golang-jwt"
private let swiftServer = "Hummingbird + jwt-kit"

/// Starts the peers' servers that were built, and gives their names and addresses.
private func withPeerServers(
    _ peers: Peers, _ token: SampleToken, missing: inout [String],
    _ body: ([(String, String)]) async throws -> Void
) async throws {
    let go = peers.path("golang-jwt")
    let hummingbird = peers.path("hummingbird")
    if go == nil { missing.append(goServer) }
    if hummingbird == nil { missing.append(swiftServer) }
    func withHummingbird(_ others: [(String, String)]) async throws {
        guard let hummingbird else { return try await body(others) }
        try await peers.serving(hummingbird, [], token) { try await body(others + [(swiftServer, $0)]) }
    }
    guard let go else { return try await withHummingbird([]) }
    try await peers.serving(go, ["serve"], token) { try await withHummingbird([(goServer, $0)]) }
}
