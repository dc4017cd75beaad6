import Hummingbird
import Identity
import Logging
import NIOCore
import Tokens

/// The endpoint for programs that adds users. It signs nobody in, so it is the same with tokens and with sessions.
struct RegisterRoute: Sendable {
    let signOn: SignOn
    let site: Site

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.post("/api/register", on: router, use: register)
    }

    @Sendable private func register(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let body = try await request.jsonObject()
        let user = try await signOn.register(
            username: try body.string("username"), password: try body.string("password"),
            email: try body.optionalString("email"))
        context.logger.info("registered", metadata: ["sub": "\(user.id.rawValue)"])
        var json = JSONWriter()
        json.add("id", user.id.rawValue)
        json.add("username", user.name.spelling)
        return .json(ByteBuffer(bytes: json.bytes), status: .created)
    }
}
