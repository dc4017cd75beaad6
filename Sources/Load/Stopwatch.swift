/// Nanoseconds since it was made.
struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    var now: Int {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}
