import Hummingbird
import NIOCore

/// Asking for a mail with a reset link, by program and by page. The answer is the same for every name, and takes the
/// same time: see ``ResetRequests``.
struct ForgotRoutes: Sendable {
    let requests: ResetRequests
    let site: Site
    let pages: Pages

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.post("/api/password/forgot", on: router, use: askAsProgram)
        routes.get("/forgot", on: router) { _, _ in pages.forgot() }
        routes.post("/forgot", on: router, use: askOnPage)
    }

    @Sendable private func askAsProgram(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        try add(try await request.jsonObject().string("username"), context)
        return .json(ByteBuffer(string: "{}"), status: .accepted)
    }

    private func add(_ username: String, _ context: AppContext) throws {
        // A server that was asked something listens, so it knows its address.
        guard let own = site.own else { throw Problem.tooManyResets }
        try requests.add(username, from: context.place, linkTo: own)
    }

    private struct NameForm: Decodable {
        var username: String?
    }

    @Sendable private func askOnPage(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        try add(try await request.form(NameForm.self).username ?? "", context)
        return pages.forgot(isDone: true)
    }
}
