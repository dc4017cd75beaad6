import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Synchronization

/// What is known of a request while it is answered.
struct AppContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came on.
    let channel: any Channel
    /// What the request cost.
    let record = RequestRecord()

    init(source: Source) {
        channel = source.channel
        coreContext = .init(source: source)
    }

    /// Who sent the request, if a proxy that is trusted has brought it.
    private(set) var client: TrustedProxies.Client?

    /// The same, with what was found out of who sent the request.
    func sent(by client: TrustedProxies.Client?) -> AppContext {
        var context = self
        context.client = client
        return context
    }

    /// The address that the request came from, without its port.
    var address: String? { client?.address.text ?? channel.remoteAddress?.ipAddress }
}

/// What one request cost: the statements it ran, and how much of that was for finding out who asks. And what it renewed.
final class RequestRecord: Sendable {
    /// Counts the statements of the whole request.
    let meter = StatementMeter()

    /// The sign-in check: its time, and the statements it ran.
    struct Check {
        var duration = Duration.zero
        var statements = 0
    }

    private let state = Mutex(Check())
    private let renewed = Mutex<[HTTPField]>([])

    /// The `Set-Cookie` fields of what was renewed on the way. They go with the answer, whatever it is: the refresh token
    /// that was exchanged is over, and a browser that kept it would be taken for a thief's.
    var renewedCookies: [HTTPField] {
        get { renewed.withLock { $0 } }
        set { renewed.withLock { $0 = newValue } }
    }

    /// The sign-in check.
    var check: Check { state.withLock { $0 } }

    /// Does `work`, which finds out who asks, and keeps what it cost.
    func checking<Result, Failure: Error>(
        _ work: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let start = ContinuousClock.now
        let before = meter.statements
        defer { addCheck(since: start, before) }
        return try await work()
    }

    /// The same for a check that reads no database, so that it need not be waited for.
    func checkingAtOnce<Result, Failure: Error>(_ work: () throws(Failure) -> Result) throws(Failure) -> Result {
        let start = ContinuousClock.now
        let before = meter.statements
        defer { addCheck(since: start, before) }
        return try work()
    }

    private func addCheck(since start: ContinuousClock.Instant, _ statementsBefore: Int) {
        state.withLock { check in
            check.duration += ContinuousClock.now - start
            check.statements += meter.statements - statementsBefore
        }
    }

    /// The `Server-Timing` of the request (W3C Server Timing): the durations in milliseconds, and as descriptions the
    /// number of statements that really ran.
    var serverTiming: String {
        let check = check
        // Appended to one string, as it is made for every answer.
        var text = ""
        text.reserveCapacity(64)
        text += "auth;dur="
        text.append(milliseconds: check.duration)
        text += ";desc=\""
        text += String(check.statements)
        text += "\", db;dur="
        text.append(milliseconds: meter.duration)
        text += ";desc=\""
        text += String(meter.statements)
        text += "\""
        return text
    }
}

extension String {
    /// With three decimals.
    fileprivate mutating func append(milliseconds duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = Int(attoseconds / 1_000_000_000_000)
        self += String(Int(seconds) * 1000 + microseconds / 1000)
        self += "."
        // 1,000 more for the zeros in front.
        self += String(1000 + microseconds % 1000).dropFirst()
    }
}
