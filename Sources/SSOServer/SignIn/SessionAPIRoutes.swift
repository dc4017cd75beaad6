import HTTPTypes
import Holdings
import Hummingbird
import Identity
import NIOCore
import Tokens

/// The endpoints for programs of a server that keeps sessions: what can be looked at with a session's cookie. Whatever
/// hands out tokens or needs one is off.
struct SessionAPIRoutes: Sendable {
    let server: Server
    let check: SessionCheck
    let store: any ClusterStore

    func add(to routes: Routes, on router: Router<AppContext>) {
        for path in ["login", "refresh", "logout", "logout-everywhere", "password"] {
            routes.post("/api/\(path)", on: router) { _, _ in throw Problem.tokensOff }
        }
        routes.get("/api/me", on: router, use: me)
        routes.get("/api/\(server.dataName)", on: router, use: data)
    }

    @Sendable private func me(_ request: Request, _ context: AppContext) async throws -> Response {
        let session = try await requireSession(request, context)
        var json = JSONWriter()
        json.add("server", server.name)
        json.add("sub", session.user.rawValue)
        json.add("name", session.userName.spelling)
        json.add("sid", session.session.id.rawValue)
        json.add("count", session.session.count)
        return .json(ByteBuffer(bytes: json.bytes))
    }

    @Sendable private func data(_ request: Request, _ context: AppContext) async throws -> Response {
        let session = try await requireSession(request, context)
        return try await .data(of: session.user, named: session.userName.spelling, at: server, store)
    }

    /// The session of a program's cookie. A bearer token is refused, as cookies are never looked at beside one.
    private func requireSession(_ request: Request, _ context: AppContext) async throws -> OwnedSession {
        if case .bearer = try Credentials(request.headers, check.cookies) {
            throw Problem.bearerWithoutTokens(check.cookies)
        }
        switch try await check.use(request, context)?.lookup {
        case .live(let session): return session
        case .refused(let refusal): throw Problem.session(refusal, check.cookies)
        case nil: throw Problem.sessionMissing(check.cookies)
        }
    }
}

extension Problem {
    static let tokensOff = Problem(
        .notFound, "tokens_off",
        "This server keeps sessions and hands out no tokens. Sign in on its page /login, or start it with --auth tokens."
    )

    static func bearerWithoutTokens(_ cookies: CookieSettings) -> Problem {
        Problem(
            .unauthorized, "tokens_off",
            "This server keeps sessions and takes no tokens. Send the cookie of a session, or start it with --auth tokens."
        ).askingForSession(cookies)
    }

    static func sessionMissing(_ cookies: CookieSettings) -> Problem {
        Problem(
            .unauthorized, "session_missing",
            "Sign in first, on the page /login, and send the cookie \(cookies.sessionName) that it sets."
        ).askingForSession(cookies)
    }

    static func session(_ refusal: SessionRefusal, _ cookies: CookieSettings) -> Problem {
        let problem =
            switch refusal {
            case .unknown:
                Problem(.unauthorized, "session_unknown", "This server knows no session of that id. Sign in again.")
            case .expired: Problem(.unauthorized, "session_expired", "The session is too old. Sign in again.")
            case .ended, .outdated:
                Problem(.unauthorized, "session_revoked", "The session was ended. Sign in again.")
            }
        return problem.askingForSession(cookies)
    }

    /// A 401 has to name a scheme (RFC 9110 section 15.5.2). There is none registered for cookies, so this is one of our
    /// own.
    private func askingForSession(_ cookies: CookieSettings) -> Problem {
        with(.wwwAuthenticate, "Cookie cookie-name=\"\(cookies.sessionName)\"")
    }
}
