import Metrics

/// Counts connections that were ended because of what their client did, by the reason: `sso_connections_refused_total`.
enum Refusals: String, CaseIterable {
    case tooManyFromAddress = "too_many_from_address"
    case headTooSlow = "head_too_slow"
    case bodyTooSlow = "body_too_slow"
    case answerNotRead = "answer_not_read"
    case headTooLarge = "head_too_large"
    case targetTooLong = "target_too_long"

    private static let counters = Dictionary(
        uniqueKeysWithValues: allCases.map {
            ($0, Counter(label: "sso_connections_refused_total", dimensions: [("reason", $0.rawValue)]))
        })

    func count() { Self.counters[self]?.increment() }
}
