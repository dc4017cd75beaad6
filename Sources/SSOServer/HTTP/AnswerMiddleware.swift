import HTTPTypes
import Hummingbird
import Identity
import Logging
import Metrics
import NIOHTTP1

/// What stands on every answer: the request's id, what it cost, that nobody may store it (unless it says so); and, where something went
/// wrong, an answer that says so. It also counts and logs.
struct AnswerMiddleware: RouterMiddleware {
    typealias Context = AppContext

    let server: String
    let serverTiming: Bool
    let pages: Pages
    let routes: Routes
    /// Nil lets every `Host` pass.
    let host: HostCheck?
    /// Whether browsers come by https, and are told never to come otherwise.
    let isSecure: Bool
    let proxies: TrustedProxies
    let metrics: RequestMetrics

    /// RFC 6797. Not for subdomains, which may be others'.
    private static let yearOfHTTPS = "max-age=31536000"

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let context = context.sent(by: proxies.client(of: request.headers, peer: context.channel.remoteAddress))
        var response: Response
        do {
            let origin = AuditOrigin(server: server, address: context.address, requestID: context.id)
            response = try await AuditOrigin.$current.withValue(origin) {
                try await StatementMeter.$current.withValue(context.record.meter) {
                    try host?.require(request, context)
                    if let length = request.headers[.contentLength], (decimal(length) ?? .max) > Bounds.bodyBytes {
                        throw Problem.bodyTooLarge
                    }
                    return try await next(request, context)
                }
            }
        } catch let error as HTTPParserError {
            // What follows on the connection cannot be told apart, so Hummingbird answers 400 and closes it.
            throw error
        } catch {
            response = answer(to: error, request, context)
        }
        for cookie in context.record.renewedCookies where !response.sets(cookie) { response.headers.append(cookie) }
        // No handler sets these, so there is nothing to look for and replace.
        response.headers.append(HTTPField(name: .requestID, value: context.id))
        // Only what is nobody's in particular says that it may be kept.
        if !response.headers.contains(.cacheControl) {
            response.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
        }
        response.headers.append(HTTPField(name: .xContentTypeOptions, value: "nosniff"))
        // Not over plain HTTP, where anybody could have changed it (RFC 6797 section 7.2).
        if context.client?.isSecure ?? isSecure {
            response.headers.append(HTTPField(name: .strictTransportSecurity, value: Self.yearOfHTTPS))
        }
        if serverTiming {
            response.headers.append(HTTPField(name: .serverTiming, value: context.record.serverTiming))
        }
        metrics.count(
            request, path: context.endpointPath, status: response.status,
            statements: context.record.meter.statements, duration: ContinuousClock.now - start)
        return response
    }

    private func answer(to error: any Error, _ request: Request, _ context: AppContext) -> Response {
        var problem = Problem(error) ?? .internalError
        // To Hummingbird, a path without a route for the method is a path that is not there.
        if problem.code == Problem.notFound.code, let methods = routes.methods(at: request.uri.path) {
            problem = .methodNotAllowed(methods)
        }
        if problem.status.code >= 500 {
            // The error's own text goes here and nowhere else.
            context.logger.error(
                "request failed",
                metadata: [
                    "method": "\(request.method)", "path": "\(request.uri.path)", "code": "\(problem.code)",
                    "error": "\(error)",
                ])
        }
        return request.isForPage ? pages.problem(problem) : problem.response
    }
}

extension Response {
    /// Whether it sets a cookie of the same name already: what a handler sets, such as when it signs out, is newer.
    fileprivate func sets(_ cookie: HTTPField) -> Bool {
        let name = cookie.value.prefix { $0 != "=" }
        return headers[values: .setCookie].contains { $0.prefix { $0 != "=" } == name }
    }
}

extension Request {
    /// Whether a person is to read the answer: below `/api/` and at the paths for machines it is a program.
    fileprivate var isForPage: Bool {
        let path = uri.path
        if path.hasPrefix("/api/") || ["/livez", "/readyz", "/metrics", "/openapi.json"].contains(path) {
            return false
        }
        return headers[.accept]?.contains("text/html") == true
    }
}
