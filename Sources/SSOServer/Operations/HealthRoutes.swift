import HTTPTypes
import Holdings
import Hummingbird
import Identity
import Logging
import Tokens

/// The endpoints for operators and their machines.
struct HealthRoutes: Sendable {
    let store: any ClusterStore
    let keyFile: KeyFileHealth
    let revocations: RevocationWatch?
    let drain: Drain
    let metrics: PrometheusMetrics

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/livez", on: router) { _, _ in .plain("ok\n") }
        routes.get("/readyz", on: router, use: ready)
        routes.get("/metrics", on: router) { _, _ in
            revocations?.report()
            return .plain(metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Ready is who can sign people in, with the keys that all have; who is not still checks tokens.
    @Sendable private func ready(_ request: Request, _ context: AppContext) async throws -> Response {
        var problems: [String] = []
        do {
            try await store.checkReadiness()
        } catch {
            context.logger.warning("not ready", metadata: ["database": "\(error)"])
            problems.append("the database cannot be read and written")
        }
        // Its path and what is wrong with it stand in the log: anyone may ask here.
        if keyFile.problem != nil {
            problems.append("the key file cannot be used, so the keys that were read before stay in use")
        }
        if let problem = revocations?.problem { problems.append(problem) }
        if drain.isUnderWay { problems.append("this server is about to stop") }
        guard problems.isEmpty else {
            throw Problem(.serviceUnavailable, "not_ready", "Not ready: \(problems.joined(separator: "; ")).")
                .retry(after: 2)
        }
        return .plain("ready\n")
    }
}

extension Response {
    fileprivate static func plain(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: .init(string: text)))
    }
}
