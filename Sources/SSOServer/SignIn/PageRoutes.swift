import HTTPTypes
import Holdings
import Hummingbird
import Identity
import Logging
import Tokens

/// The pages for people, who are known by their cookies alone.
struct PageRoutes: Sendable {
    let server: Server
    let signOn: SignOn
    let authenticator: Authenticator
    let store: any ClusterStore
    let pages: Pages

    private var cookies: CookieSettings { authenticator.cookies }
    private var site: Site { authenticator.site }

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/", on: router, use: home)
        routes.get("/login", on: router) { request, _ in
            pages.signIn(returnTo: site.returnTo(request.uri.queryParameters.get("return_to")))
        }
        routes.post("/login", on: router, use: signIn)
        routes.get("/register", on: router) { request, _ in
            pages.register(returnTo: site.returnTo(request.uri.queryParameters.get("return_to")))
        }
        routes.post("/register", on: router, use: register)
        routes.get("/logout", on: router) { _, _ in pages.signOut() }
        routes.post("/logout", on: router, use: signOut)
        routes.post("/logout-everywhere", on: router, use: signOutEverywhere)
    }

    @Sendable private func home(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let visitor = try await authenticator.pageVisitor(request, context) else {
            return .seeOther("/login?return_to=/")
        }
        let claims = visitor.token.claims
        let data = try await server.home(UserID(rawValue: claims.session.subject), store)
        var response = pages.home(userName: claims.userName, issuer: claims.session.issuer, data)
        if let renewed = visitor.renewed { response.headers.append(cookies.setAccess(renewed)) }
        return response
    }

    // MARK: Signing in

    /// A form that was posted by hand may lack a field, which is then empty.
    private struct SignInForm: Decodable {
        var username: String?
        var password: String?
        var returnTo: String?

        enum CodingKeys: String, CodingKey {
            case username, password
            case returnTo = "return_to"
        }
    }

    @Sendable private func signIn(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let form = try await request.form(SignInForm.self)
        return try await signIn(
            username: form.username ?? "", password: form.password ?? "", returnTo: site.returnTo(form.returnTo),
            context)
    }

    private func signIn(
        username: String, password: String, returnTo: String, _ context: AppContext
    ) async throws(IdentityError) -> Response {
        let tokens: IssuedTokens
        do {
            tokens = try await signOn.countedSignIn(username: username, password: password, context.logger)
        } catch {
            return try pages.signIn(returnTo: returnTo, username: username, problem: problem(error))
        }
        var response = Response.seeOther(returnTo)
        response.headers.append(cookies.setAccess(tokens.access))
        response.headers.append(cookies.setRefresh(tokens.refresh))
        return response
    }

    @Sendable private func register(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let form = try await request.form(SignInForm.self)
        let returnTo = site.returnTo(form.returnTo)
        let username = form.username ?? ""
        let password = form.password ?? ""
        do {
            try await signOn.register(username: username, password: password)
        } catch {
            return try pages.register(returnTo: returnTo, username: username, problem: problem(error))
        }
        return try await signIn(username: username, password: password, returnTo: returnTo, context)
    }

    /// What to say beside the form; an error that the visitor can do nothing about goes on its way instead.
    private func problem(_ error: IdentityError) throws(IdentityError) -> Problem {
        if case .store = error { throw error }
        guard let problem = Problem(error) else { throw error }
        return problem
    }

    // MARK: Signing out

    @Sendable private func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        if let claims = try authenticator.pageSession(request, context) {
            try await signOn.signOut(claims)
            context.logger.info("signed out", metadata: ["sub": "\(claims.subject)", "sid": "\(claims.sessionID)"])
        }
        return signedOut
    }

    @Sendable private func signOutEverywhere(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        guard let claims = try authenticator.pageSession(request, context) else {
            return .seeOther("/login?return_to=/")
        }
        do {
            try await signOn.signOutEverywhere(claims)
            context.logger.info("signed out everywhere", metadata: ["sub": "\(claims.subject)"])
        } catch IdentityError.revoked {
            // Somebody was faster. These cookies are worth nothing either way.
        }
        return signedOut
    }

    private var signedOut: Response {
        var response = Response.seeOther("/login")
        for field in cookies.clear { response.headers.append(field) }
        return response
    }
}

extension Response {
    /// 303: go there with GET (RFC 9110 section 15.4.4).
    fileprivate static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }
}
