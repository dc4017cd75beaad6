import Holdings
import Hummingbird
import HummingbirdCore
import Identity
import Logging
import NIOCore

/// What an application is made of.
struct ApplicationParts {
    let server: Server
    let settings: Settings
    let signOn: SignOn
    let store: any ClusterStore
    let metrics: PrometheusMetrics
    let logger: Logger
}

/// Builds a server's application: all its routes, and the line that says it is ready.
///
/// - Parameter ready: called with the line when the server accepts connections.
func buildApplication(
    _ parts: ApplicationParts, ready: @escaping @Sendable (String) -> Void
) throws -> some ApplicationProtocol {
    let settings = parts.settings
    let server = parts.server
    let site = Site(own: settings.publicURL, peer: settings.peerURL)
    let pages = try Pages(server, site, hasLab: settings.lab)
    let authenticator = Authenticator(signOn: parts.signOn, cookies: settings.cookies, site: site)

    let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
    let routes = Routes()
    router.add(
        middleware: AnswerMiddleware(
            serverTiming: settings.serverTiming, pages: pages, routes: routes, metrics: RequestMetrics()))
    APIRoutes(server: server, signOn: parts.signOn, authenticator: authenticator, store: parts.store)
        .add(to: routes, on: router)
    let signIn = TokenSignIn(signOn: parts.signOn, cookies: settings.cookies)
    PageRoutes(
        server: server, signOn: parts.signOn, signIn: signIn, site: site, store: parts.store, pages: pages
    ).add(to: routes, on: router)
    AccountRoutes(signIn: signIn, site: site, pages: pages).add(to: routes, on: router)
    Assets().add(to: routes, on: router)
    HealthRoutes(store: parts.store, metrics: parts.metrics).add(to: routes, on: router)
    let lab =
        settings.lab
        ? LabRoutes(
            signIn: signIn, signOn: parts.signOn, store: parts.store, cookies: settings.cookies, site: site,
            pages: pages)
        : nil
    lab?.add(to: routes, on: router)
    let responder = router.buildResponder()
    lab?.ask(responder)

    return Application(
        responder: responder,
        server: HTTPServerBuilder { responder in
            ConnectionsOnEventLoops(
                connections: HTTP1Channel(responder: responder, configuration: .init(idleTimeout: .seconds(60))))
        },
        configuration: .init(address: .hostname(settings.host, port: settings.port)),
        onServerRunning: { channel in
            let port = channel.localAddress?.port ?? settings.port
            let origin = Origin.listening(host: settings.host, port: port)
            site.listens(on: origin)
            ready("\(server.name): listening on \(origin)\n")
        },
        logger: parts.logger)
}
