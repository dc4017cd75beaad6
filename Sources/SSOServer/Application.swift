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
    let reset: PasswordReset
    let resetRequests: ResetRequests
    let site: Site
    let store: any ClusterStore
    let gate: AttemptGate
    let keyFile: KeyFileHealth
    /// Nil where an access token lives until it expires.
    var revocations: RevocationWatch?
    let metrics: PrometheusMetrics
    let logger: Logger
    var drain = Drain(seconds: 0)
}

/// Builds a server's application: all its routes, and the line that says it is ready.
///
/// - Parameters:
///   - routes: collects its routes.
///   - ready: called with the line when the server accepts connections.
func buildApplication(
    _ parts: ApplicationParts, routes: Routes = Routes(), ready: @escaping @Sendable (String) -> Void
) throws -> some ApplicationProtocol {
    let settings = parts.settings
    let server = parts.server
    let site = parts.site
    let pages = try Pages(server, site, hasLab: settings.lab, auth: settings.auth)

    let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
    router.add(
        middleware: AnswerMiddleware(
            server: server.name, serverTiming: settings.serverTiming, pages: pages, routes: routes,
            host: settings.isPublicURLGiven ? settings.publicURL.map(HostCheck.init) : nil,
            isSecure: settings.publicURL?.isSecure == true, proxies: settings.proxies, metrics: RequestMetrics()))
    RegisterRoute(signOn: parts.signOn, gate: parts.gate, site: site).add(to: routes, on: router)
    let access = AccessCheck(authority: parts.signOn.authority, revocations: parts.revocations)
    let signIn = addSignIn(parts, access, site, to: routes, on: router)
    PageRoutes(
        server: server, signOn: parts.signOn, gate: parts.gate, signIn: signIn, site: site, store: parts.store,
        pages: pages
    ).add(to: routes, on: router)
    ForgotRoutes(requests: parts.resetRequests, site: site, pages: pages).add(to: routes, on: router)
    ResetRoutes(reset: parts.reset, gate: parts.gate, pages: pages).add(to: routes, on: router)
    AccountRoutes(signIn: signIn, site: site, pages: pages).add(to: routes, on: router)
    ActivityRoute(signIn: signIn, store: parts.store, pages: pages).add(to: routes, on: router)
    Assets().add(to: routes, on: router)
    HealthRoutes(
        store: parts.store, keyFile: parts.keyFile, revocations: parts.revocations, drain: parts.drain,
        metrics: parts.metrics
    ).add(to: routes, on: router)
    let lab =
        settings.lab
        ? LabRoutes(
            signIn: signIn, access: access, signOn: parts.signOn, store: parts.store, cookies: settings.cookies,
            site: site,
            pages: pages)
        : nil
    lab?.add(to: routes, on: router)
    if settings.lab { LessonRoutes(signIn: signIn, pages: pages).add(to: routes, on: router) }
    let responder = router.buildResponder()
    lab?.ask(responder)

    return Application(
        responder: responder,
        server: HTTPServerBuilder { responder in
            ConnectionsOnEventLoops(settings.bounds, settings.proxies, responder: responder)
        },
        configuration: .init(
            address: .hostname(settings.host, port: settings.port), backlog: Bounds.backlog,
            availableConnectionsDelegate: MaximumAvailableConnections(
                settings.bounds.connections, logger: parts.logger)),
        onServerRunning: { channel in
            // The limit on connections is looked at before each round of accepts, in which there would be several.
            try? await channel.setOption(.maxMessagesPerRead, value: 1).get()
            let port = channel.localAddress?.port ?? settings.port
            let origin = Origin.listening(host: settings.host, port: port)
            site.listens(on: origin)
            ready("\(server.name): listening on \(origin)\n")
        },
        logger: parts.logger)
}

/// Adds the endpoints for programs, and gives the pages' sign-in: both by tokens, or both by sessions.
private func addSignIn(
    _ parts: ApplicationParts, _ access: AccessCheck, _ site: Site, to routes: Routes, on router: Router<AppContext>
) -> any PageSignIn {
    let (server, settings) = (parts.server, parts.settings)
    let place: Settings.SessionPlace
    switch settings.auth {
    case .tokens:
        let authenticator = Authenticator(access: access, cookies: settings.cookies, site: site)
        APIRoutes(
            server: server, signOn: parts.signOn, authenticator: authenticator, gate: parts.gate, store: parts.store
        ).add(to: routes, on: router)
        OpenAPIRoute(server: server, cookies: settings.cookies).add(to: routes, on: router)
        return TokenSignIn(
            signOn: parts.signOn, access: access, gate: parts.gate, cookies: settings.cookies)
    case .sessions(let chosen): place = chosen
    }
    let life = settings.refreshTTL
    let sessions: any SessionStore =
        switch place {
        case .local: LocalSessions(store: parts.store, life: life)
        case .shared: SharedSessions(store: parts.store, life: life)
        }
    let signOn = SessionSignOn(signOn: parts.signOn, sessions: sessions)
    let check = SessionCheck(signOn: signOn, cookies: settings.cookies)
    SessionAPIRoutes(server: server, check: check, store: parts.store).add(to: routes, on: router)
    return SessionSignIn(
        signOn: signOn, gate: parts.gate, check: check,
        telling: SessionTelling(
            place: place, peer: server.peer.name, cookieName: settings.cookies.sessionName, life: life))
}
