import Hummingbird
import Identity
import Synchronization

/// What is known of a request while it is answered.
struct AppContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// What the request cost.
    let record = RequestRecord()

    init(source: Source) {
        coreContext = .init(source: source)
    }
}

/// What one request cost: the statements it ran, and how much of that was for finding out who asks.
final class RequestRecord: Sendable {
    /// Counts the statements of the whole request.
    let meter = StatementMeter()

    /// The sign-in check: its time, and the statements it ran.
    struct Check {
        var duration = Duration.zero
        var statements = 0
    }

    private let state = Mutex(Check())

    /// The sign-in check.
    var check: Check { state.withLock { $0 } }

    /// Does `work`, which finds out who asks, and keeps what it cost.
    func checking<Result, Failure: Error>(
        _ work: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let start = ContinuousClock.now
        let before = meter.statements
        defer {
            state.withLock { check in
                check.duration += ContinuousClock.now - start
                check.statements += meter.statements - before
            }
        }
        return try await work()
    }

    /// The `Server-Timing` of the request (W3C Server Timing): the durations in milliseconds, and as descriptions the
    /// number of statements that really ran.
    var serverTiming: String {
        let check = check
        return """
            auth;dur=\(Self.milliseconds(check.duration));desc="\(check.statements)", \
            db;dur=\(Self.milliseconds(meter.duration));desc="\(meter.statements)"
            """
    }

    /// With three decimals.
    private static func milliseconds(_ duration: Duration) -> String {
        let microseconds = Int(duration / .microseconds(1))
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
