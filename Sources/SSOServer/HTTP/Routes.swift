import HTTPTypes
import Hummingbird

/// Collects the routes of a server, so that a known path answers 405 to the methods it has no route for.
struct Routes {
    typealias Handler = @Sendable (Request, AppContext) async throws -> Response

    private let router: Router<AppContext>
    private var methods: [String: [HTTPRequest.Method]] = [:]

    init(_ router: Router<AppContext>) {
        self.router = router
    }

    mutating func get(_ path: String, use handler: @escaping Handler) { add(.get, path, handler) }

    mutating func post(_ path: String, use handler: @escaping Handler) { add(.post, path, handler) }

    /// Answers the other methods. Called once, after all routes.
    func finish() {
        for (path, methods) in methods {
            let allowed = methods + (methods.contains(.get) ? [.head] : [])
            for other in [.get, .post, .put, .delete, .patch, .options] as [HTTPRequest.Method]
            where !allowed.contains(other) {
                router.on(RouterPath(path), method: other) { _, _ -> Response in throw Problem.methodNotAllowed(allowed)
                }
            }
        }
    }

    private mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        router.on(RouterPath(path), method: method, use: handler)
        methods[path, default: []].append(method)
    }
}
