/// One user's events, and what they prove.
struct UserHistory {
    let events: [Event]
    /// How high the count was known to be at what time, by time.
    private let knownCounts: [(time: Int, count: Int)]
    /// From each count, when something was first begun that may have raised it.
    private let raises: [Int: Int]
    /// By session, when its sign-out was first acknowledged.
    private let signedOut: [String: Int]
    /// By session, when a sign-out was first begun that may have been done.
    private let signOuts: [String: Int]
    /// What became of refresh tokens.
    let chain: TokenChain

    init(_ events: [Event], rule: Checker.Rule) {
        self.events = events.sorted { $0.begin < $1.begin }
        var highest = -1
        knownCounts = events.flatMap { event in event.shownCounts.map { (event.end, $0) } }
            .sorted { $0.0 < $1.0 }
            .map { time, count in
                highest = max(highest, count)
                return (time, highest)
            }
        raises = events.earliest(\.begin) { $0.mayHaveBeenDone ? $0.countThatItRaises : nil }
        signedOut = events.earliest(\.end) { $0.answer == .done ? $0.sessionThatItEnds : nil }
        signOuts = events.earliest(\.begin) { $0.mayHaveBeenDone ? $0.sessionThatItEnds : nil }
        chain = TokenChain(events, rule: rule)
    }

    /// The count that the user was known to have, at least, before this time.
    func count(before time: Int) -> Int {
        // The last entry that is earlier: by halving, since soaks are long.
        var low = 0
        var high = knownCounts.count
        while low < high {
            let middle = (low + high) / 2
            if knownCounts[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : knownCounts[low - 1].count
    }

    /// The highest count that was ever shown.
    var highestCount: Int { max(0, knownCounts.last?.count ?? 0) }

    /// Whether something that was begun before this time may have raised the count from this one.
    func mayBeRaised(from count: Int, before time: Int) -> Bool { raises[count].map { $0 < time } ?? false }

    /// Whether the session was known to have been signed out before this time.
    func isSignedOut(_ session: String, before time: Int) -> Bool { signedOut[session].map { $0 < time } ?? false }

    /// Whether a sign-out of the session that was begun before this time may have been done.
    func mayBeSignedOut(_ session: String, before time: Int) -> Bool { signOuts[session].map { $0 < time } ?? false }

    /// The sessions whose sign-out was acknowledged.
    var signedOutSessions: [String] { signedOut.keys.sorted() }
}

extension [Event] {
    /// By key, the earliest time of the events that have one.
    func earliest<Key: Hashable>(_ time: (Event) -> Int, by key: (Event) -> Key?) -> [Key: Int] {
        var result: [Key: Int] = [:]
        for event in self {
            guard let key = key(event) else { continue }
            result[key] = Swift.min(result[key] ?? .max, time(event))
        }
        return result
    }
}

extension Event {
    /// Whether it was answered with success.
    var succeeded: Bool {
        switch answer {
        case .tokens, .done: true
        default: false
        }
    }

    /// Whether it was done, as far as anybody can know.
    var mayHaveBeenDone: Bool {
        switch answer {
        case .tokens, .done, .lost, .doubtful, .unexpected: true
        case .refused, .unavailable: false
        }
    }

    /// The token that was shown, where it had to be good by the database: not for a sign-out, which any token may ask
    /// for, nor for a check, which no database decides.
    var liveToken: TokenFacts? {
        switch operation {
        case .refresh(let token), .signOutEverywhere(let token), .changePassword(let token, _, _): token
        case .signIn, .signOut, .check: nil
        }
    }

    /// The count that the user had while it was done, and the one that they had afterwards.
    var shownCounts: [Int] {
        switch (operation, answer) {
        case (.signOutEverywhere(let token), .done): [token.count, token.count + 1]
        case (.changePassword(let token, _, _), .tokens(let access, let refresh)):
            [token.count, access.count, refresh.count]
        case (_, .tokens(let access, let refresh)): [access.count, refresh.count]
        default: []
        }
    }

    /// The least count that the user had when it was done.
    var countWhenDone: Int? { shownCounts.first }

    var countThatItRaises: Int? {
        switch operation {
        case .signOutEverywhere(let token), .changePassword(let token, _, _): token.count
        default: nil
        }
    }

    var sessionThatItEnds: String? {
        if case .signOut(let token) = operation { token.session } else { nil }
    }
}
