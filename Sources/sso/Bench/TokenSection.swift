import Harness

/// What one token costs: to verify and to sign, beside the bare hash of the same bytes and beside other libraries.
func measureTokens(_ bench: Bench) async throws -> SectionResult {
    let token = try await Cluster.with { try await SampleToken(from: $0) }
    let work = try TokenWork(token)
    // Many short rounds: what disturbs one of them disturbs few ratios.
    let figures = try await bench.compete(
        work.contenders(calls: 2_000) + work.listContenders(calls: 2_000), rounds: bench.pick(301, quick: 101))
    var result = SectionResult(.tokens)
    result.figures = figures.all
    if let limit = figures["the bare hash"], let verify = figures["ours: verify"], let sign = figures["ours: sign"] {
        result.rows = [
            Row("verify an access token : bare hash", verify, over: limit, aim: .atMost(2.0)),
            Row("sign an access token : bare hash", sign, over: limit, aim: .atMost(2.5)),
        ]
    }
    if let verify = figures["ours: verify"] {
        result.rows += TokenWork.listSizes.compactMap { size in
            figures[TokenWork.listName(size)].map {
                Row(
                    "hold it against \(decimal(Double(size))) revocations : verify it", $0, over: verify,
                    aim: .atMost(0.05))
            }
        }
    }
    let peers = TokenPeer.all(token)
    try await measurePeers(bench, work, peers, &result)
    try await countAllocations(bench, token, peers, &result)
    let verifications = result.figures.filter {
        $0.unit == .nanoseconds && $0.name != "ours: sign" && !$0.name.contains("revocations")
    }
    result.charts = [
        Chart(
            "Verifications of an access token a second, on one core: more is better",
            verifications.map { Figure($0.name, $0.kind, .callsPerSecond, $0.samples.map { 1e9 / $0 }) })
    ]
    result.notes.append(
        "tokens: a real access token of \(token.text.utf8.count) characters; the bare hash is two SHA-256 states resumed "
            + "after the key's blocks, over the same signing input. Each peer verifies signature and expiry, in a process "
            + "of its own; libjwt takes no other typ than JWT, so for it the same claims are signed with that.")
    return result
}

private func measurePeers(
    _ bench: Bench, _ work: TokenWork, _ peers: [TokenPeer], _ result: inout SectionResult
) async throws {
    let calls = bench.pick(20_000, quick: 5_000)
    // They read all claims, so here we do too.
    let ours = "ours: verify and read the claims, beside the peers"
    var contenders = [Contender(ours, .ours, .nanoseconds) { try work.verifyAndRead(calls) }]
    for peer in peers {
        guard let program = bench.peers.path(peer.name) else {
            result.missing.append(peer.name)
            continue
        }
        contenders.append(
            Contender(peer.name, .peer, .nanoseconds) {
                try await bench.peers.verification(by: program, peer.arguments, input: peer.input, calls: calls)
            })
    }
    let figures = try await bench.compete(contenders, rounds: bench.pick(15, quick: 5))
    guard let verify = figures[ours] else { return }
    // Ours stands in the chart already.
    result.figures += figures.all.filter { $0.kind == .peer }
    result.rows += peers.compactMap { peer in
        figures[peer.name].map { Row("\(peer.name) : verify and read the claims", verify, under: $0) }
    }
}

private func countAllocations(
    _ bench: Bench, _ token: SampleToken, _ peers: [TokenPeer], _ result: inout SectionResult
) async throws {
    bench.progress.tell("counting allocations")
    var input = Array("\(token.text)\n".utf8)
    input += token.jwkSet
    guard let ours = try await bench.peers.allocations(by: "sso", ["bench", "verify"], input: input) else {
        result.missing.append("malloc-count.so")
        return
    }
    let figure = Figure("ours: allocations", .ours, .allocations, [ours])
    result.figures.append(figure)
    result.rows.append(Row("heap allocations of a verification", figure, aim: .atMost(1)))
    // Go has an allocator of its own, which the counter does not see.
    for peer in peers where peer.name != "golang-jwt" {
        guard let program = bench.peers.path(peer.name),
            let count = try await bench.peers.allocations(by: program, peer.arguments, input: peer.input)
        else { continue }
        let theirs = Figure("\(peer.name): allocations", .peer, .allocations, [count])
        result.figures.append(theirs)
        result.rows.append(Row("heap allocations of \(peer.name), claims read", theirs))
    }
    result.notes.append(
        "allocations: calls of malloc and its kin, counted by a library in LD_PRELOAD; those of 2,000 verifications less "
            + "those of 1,000, per verification.")
}
