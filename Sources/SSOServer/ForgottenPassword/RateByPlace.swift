import Identity

/// How often each place may do something, counted by this server alone and in memory.
///
/// What it remembers is bounded by how many places come within the time that one of them is remembered; see ``count``.
struct RateByPlace {
    private let limit: GCRA
    /// When the next of each place would be even with what it may do, in milliseconds of the caller's clock.
    private var arrivals: [Place: Int] = [:]
    /// At how many places it looks which of them to forget.
    private var room = Self.leastRoom
    private static let leastRoom = 256

    init(_ limit: GCRA) {
        self.limit = limit
    }

    /// How many places it remembers: at most 256, or twice as many as were there within the limit's time.
    var count: Int { arrivals.count }

    /// Counts once more, if the place may do it once more.
    ///
    /// - Returns: 0; or how many milliseconds the place has to wait, and nothing is counted.
    mutating func take(_ place: Place, at now: Int) -> Int {
        let wait = limit.wait(arrivals[place], at: now)
        guard wait == 0 else { return wait }
        if arrivals.count >= room {
            // What lies behind says nothing any more.
            arrivals = arrivals.filter { $0.value > now }
            // So that looking through all of them costs each that comes the same, however many they are.
            room = max(Self.leastRoom, 2 * arrivals.count)
        }
        arrivals[place] = limit.adding(to: arrivals[place], at: now)
        return 0
    }
}
