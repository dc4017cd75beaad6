import HTTPTypes
import Holdings
import Hummingbird
import Identity
import Logging
import Tokens

/// The pages on the way in: home, sign in and register. People are known by their cookies alone.
struct PageRoutes: Sendable {
    let server: Server
    let signOn: SignOn
    let gate: AttemptGate
    let signIn: any PageSignIn
    let site: Site
    let store: any ClusterStore
    let pages: Pages

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/", on: router, use: home)
        routes.get("/login", on: router) { request, context in
            // It explains; where that fails, because the database is away, people sign in without it.
            let refusal = try? await signIn.refusal(request, context)
            return pages.signIn(
                returnTo: site.returnTo(request.uri.queryParameters.get("return_to")),
                refusal: refusal?.content(statements: context.record.meter.statements))
        }
        routes.post("/login", on: router, use: postSignIn)
        routes.get("/register", on: router) { request, _ in
            pages.register(returnTo: site.returnTo(request.uri.queryParameters.get("return_to")))
        }
        routes.post("/register", on: router, use: register)
    }

    @Sendable private func home(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let visitor = try await signIn.visitor(request, context) else {
            return .signInFirst
        }
        let data = try await server.home(visitor.user, store)
        var content = data
        content["issuer"] = visitor.issuer
        return pages.page("home", for: visitor, context, at: "atHome", content)
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

    @Sendable private func postSignIn(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let form = try await request.form(SignInForm.self)
        return try await begin(
            username: form.username ?? "", password: form.password ?? "", returnTo: site.returnTo(form.returnTo),
            context)
    }

    private func begin(
        username: String, password: String, returnTo: String, _ context: AppContext
    ) async throws(IdentityError) -> Response {
        let cookies: [HTTPField]
        do {
            cookies = try await signIn.signIn(username: username, password: password, context)
        } catch {
            return try pages.signIn(returnTo: returnTo, username: username, problem: .besideForm(error))
        }
        return .seeOther(returnTo).setting(cookies)
    }

    private struct RegisterForm: Decodable {
        var username: String?
        var password: String?
        var email: String?
        var returnTo: String?

        enum CodingKeys: String, CodingKey {
            case username, password, email
            case returnTo = "return_to"
        }
    }

    @Sendable private func register(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let form = try await request.form(RegisterForm.self)
        let returnTo = site.returnTo(form.returnTo)
        let username = form.username ?? ""
        let password = form.password ?? ""
        // Browsers send a field that was left empty, too.
        let email = form.email ?? ""
        do {
            try await register(username, password, email: email.isEmpty ? nil : email, context)
        } catch {
            return try pages.register(
                returnTo: returnTo, username: username, email: email, problem: .besideForm(error))
        }
        return try await begin(username: username, password: password, returnTo: returnTo, context)
    }

    private func register(
        _ username: String, _ password: String, email: String?, _ context: AppContext
    ) async throws(IdentityError) {
        try await gate.registration(of: username, from: context.place) { () async throws(IdentityError) in
            _ = try await signOn.register(username: username, password: password, email: email)
        }
    }
}

extension Problem {
    /// What to say beside the form; an error that the visitor can do nothing about goes on its way instead.
    static func besideForm(_ error: IdentityError) throws(IdentityError) -> Problem {
        if case .store = error { throw error }
        guard let problem = Problem(error) else { throw error }
        return problem
    }
}

extension Response {
    /// 303: go there with GET (RFC 9110 section 15.4.4).
    static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }

    /// To the sign-in page and back home from there.
    static let signInFirst = returning("/")

    /// To the sign-in page and back to a path of ours from there.
    static func returning(_ path: String) -> Response { seeOther("/login?return_to=\(path)") }

    /// The same with these cookies to set.
    func setting(_ cookies: [HTTPField]) -> Response {
        var response = self
        for cookie in cookies { response.headers.append(cookie) }
        return response
    }
}
