import HTTPTypes
import Holdings
import Hummingbird
import Identity
import Logging
import Tokens

/// The endpoints for operators and their machines.
struct HealthRoutes: Sendable {
    let store: any ClusterStore
    let metrics: PrometheusMetrics

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/livez", on: router) { _, _ in .plain("ok\n") }
        routes.get("/readyz", on: router, use: ready)
        routes.get("/metrics", on: router) { _, _ in
            .plain(metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Ready is who can sign people in; who is not still checks tokens.
    @Sendable private func ready(_ request: Request, _ context: AppContext) async throws -> Response {
        do {
            try await store.checkReadiness()
            return .plain("ready\n")
        } catch {
            context.logger.warning("not ready", metadata: ["database": "\(error)"])
            throw Problem(.serviceUnavailable, "not_ready", "Not ready: the database cannot be read and written.")
                .retry(after: 2)
        }
    }
}

extension Response {
    fileprivate static func plain(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: .init(string: text)))
    }
}
