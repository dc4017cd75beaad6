import HTTPTypes
import Hummingbird
import Metrics
import Synchronization

/// Counts requests by path, method and status. The metrics of a combination are made once.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let path: String
        let method: String
        let status: Int
    }

    private struct Handles {
        let count: Counter
        let duration: Timer
        let statements: Counter
    }

    private let handles = Mutex<[Key: Handles]>([:])

    /// Counts one request that has been answered.
    ///
    /// - Parameter path: the route; nil if there is none at the request's path, which is not kept: anyone can invent some.
    func count(
        _ request: Request, path: String?, status: HTTPResponse.Status, statements: Int, duration: Duration
    ) {
        let isKnown = [.get, .post, .head].contains(request.method)
        let key = Key(
            path: path ?? "none", method: isKnown ? request.method.rawValue : "OTHER", status: status.code)
        let handles = handles.withLock { handles in
            if let known = handles[key] { return known }
            let labels = [("path", key.path), ("method", key.method), ("status", "\(key.status)")]
            let new = Handles(
                count: Counter(label: "http_requests_total", dimensions: labels),
                duration: Timer(label: "http_request_duration_seconds", dimensions: [("path", key.path)]),
                statements: Counter(label: "sso_database_statements_total", dimensions: [("path", key.path)]))
            handles[key] = new
            return new
        }
        handles.count.increment()
        handles.duration.recordNanoseconds(Int64(duration / .nanoseconds(1)))
        if statements > 0 { handles.statements.increment(by: statements) }
    }
}
