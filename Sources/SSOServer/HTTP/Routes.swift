import HTTPTypes
import Hummingbird
import Synchronization

/// Collects the routes of a server, and knows which methods each path answers.
final class Routes: Sendable {
    typealias Handler = @Sendable (Request, AppContext) async throws -> Response

    private let methods = Mutex<[String: [HTTPRequest.Method]]>([:])

    func get(_ path: String, on router: Router<AppContext>, use handler: @escaping Handler) {
        // Hummingbird answers HEAD where there is GET.
        methods.withLock { $0[path, default: []] += [.get, .head] }
        router.get(RouterPath(path), use: handler)
    }

    func post(_ path: String, on router: Router<AppContext>, use handler: @escaping Handler) {
        methods.withLock { $0[path, default: []].append(.post) }
        router.post(RouterPath(path), use: handler)
    }

    /// The methods of every path.
    var all: [String: [HTTPRequest.Method]] { methods.withLock { $0 } }

    /// The methods that a path answers, if there is anything at it.
    func methods(at path: String) -> [HTTPRequest.Method]? {
        methods.withLock { $0[path] }
    }
}
