import Hummingbird
import Identity
import Logging
import NIOCore
import Tokens

/// The endpoint for programs that adds users. It signs nobody in, so it is the same with tokens and with sessions.
struct RegisterRoute: Sendable {
    let signOn: SignOn
    let gate: AttemptGate
    let site: Site

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.post("/api/register", on: router, use: register)
    }

    @Sendable private func register(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let body = try await request.jsonObject()
        let (username, password) = (try body.string("username"), try body.string("password"))
        let email = try body.optionalString("email")
        let user = try await gate.registration(of: username, from: context.place) {
            () async throws(IdentityError) in
            try await signOn.register(username: username, password: password, email: email)
        }
        context.logger.info("registered", metadata: ["sub": "\(user.id.rawValue)"])
        var json = JSONWriter()
        json.add("id", user.id.rawValue)
        json.add("username", user.name.spelling)
        return .json(ByteBuffer(bytes: json.bytes), status: .created)
    }
}
