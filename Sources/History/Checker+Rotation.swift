extension Checker {
    /// A refresh token has one successor, whoever asks and however often; and is good for nothing once it is old.
    func rotation(_ past: UserHistory) -> [Violation] {
        guard rule != .count else { return [] }
        let chain = past.chain
        var violations: [Violation] = []
        for event in past.events where event.succeeded {
            guard let token = event.refreshed else { continue }
            if chain.successors[token.id, default: []].count > 1 {
                violations.append(Violation("second successor", event, "others who showed it got another one"))
            }
            if let reason = chain.isOld(token, at: event.begin) {
                violations.append(Violation("old token accepted", event, reason))
            }
        }
        for event in past.events where event.succeeded {
            guard let token = event.liveToken, chain.isEnded(token.session, before: event.begin) else { continue }
            violations.append(Violation("revoked token accepted", event, "an old token had ended its session"))
        }
        let parents = chain.successors.flatMap { parent, children in children.map { ($0, parent) } }
        for (child, all) in Dictionary(grouping: parents, by: \.0) where all.count > 1 {
            violations.append(Violation("one successor of two", "\(child) came of \(all.map(\.1).sorted())"))
        }
        return violations
    }
}
