/// What the lag meter has measured.
struct LagReport: Sendable {
    let rounds: Int
    /// How many other servers were asked after each revocation.
    let others: Int
    /// From the acknowledged revocation to the refusal, in milliseconds.
    var lags: [Double] = []
    /// How many requests with access tokens were made, and how many statements the servers ran for them.
    var checks = 0
    var statements = 0
    var seconds = 0.0
    /// Checks a second beside, if there were any.
    var traffic: Double?

    init(rounds: Int, others: Int) {
        self.rounds = rounds
        self.others = others
    }

    /// The table.
    var text: String {
        let sorted = lags.sorted()
        func at(_ share: Double) -> String {
            guard !sorted.isEmpty else { return "-" }
            // The nearest rank: so many of a hundred are not above it.
            let rank = Int((share * Double(sorted.count)).rounded(.up))
            return "\(decimal(sorted[min(sorted.count, max(1, rank)) - 1])) ms"
        }
        let beside = traffic.map { ", \(decimal($0.rounded())) checks a second beside" } ?? ""
        return """
            lag: \(decimal(Double(rounds))) revocations, \(others) other \(others == 1 ? "server" : "servers")\(beside)
            refused after  p50 \(at(0.5))  p90 \(at(0.9))  p99 \(at(0.99))  max \(at(1))
            \(decimal(Double(checks))) requests with access tokens ran \(decimal(Double(statements))) statements
            """
    }
}
