import HTTPTypes
import Holdings
import Hummingbird
import Identity
import Logging
import NIOCore
import Tokens

/// The endpoints for programs with tokens, below `/api/`. None of them sets a cookie.
struct APIRoutes: Sendable {
    let server: Server
    let signOn: SignOn
    let authenticator: Authenticator
    let gate: AttemptGate
    let store: any ClusterStore
    /// What the answers about the asker's claims begin with.
    private let serverMember: [UInt8]

    init(
        server: Server, signOn: SignOn, authenticator: Authenticator, gate: AttemptGate, store: any ClusterStore
    ) {
        self.server = server
        self.signOn = signOn
        self.authenticator = authenticator
        self.gate = gate
        self.store = store
        serverMember = Array("{\"server\":\"\(server.name)\",".utf8)
    }

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.post("/api/login", on: router, use: login)
        routes.post("/api/refresh", on: router, use: refresh)
        routes.post("/api/logout", on: router, use: logout)
        routes.post("/api/logout-everywhere", on: router, use: logoutEverywhere)
        routes.post("/api/password", on: router, use: changePassword)
        routes.get("/api/me", on: router, use: me)
        routes.get("/api/\(server.dataName)", on: router, use: data)
    }

    // MARK: Signing in

    @Sendable private func login(_ request: Request, _ context: AppContext) async throws -> Response {
        try authenticator.site.requireOwnPage(request)
        let body = try await request.jsonObject()
        let username = try body.string("username")
        let password = try body.string("password")
        let tokens = try await countedSignIn(username, gate, context) { () async throws(IdentityError) in
            try await signOn.signIn(username: username, password: password)
        }
        return .tokens(tokens)
    }

    @Sendable private func refresh(_ request: Request, _ context: AppContext) async throws -> Response {
        let token = try await request.jsonObject().string("refresh_token")
        do {
            let tokens = try await context.record.checking { try await signOn.refresh(token) }
            ResultCounters.refreshes.succeed()
            return .tokens(tokens)
        } catch {
            ResultCounters.refreshes.fail(error)
            throw error
        }
    }

    // MARK: Taking back

    @Sendable private func logout(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let claims = try authenticator.requireTokenToEnd(request, context)?.claims.session else {
            return Response(status: .noContent)
        }
        try await signOn.signOut(claims)
        context.logger.info("signed out", metadata: ["sub": "\(claims.subject)", "sid": "\(claims.sessionID)"])
        return Response(status: .noContent)
    }

    @Sendable private func logoutEverywhere(_ request: Request, _ context: AppContext) async throws -> Response {
        let claims = try authenticator.requireTokenForChange(request, context).claims.session
        try await signOn.signOutEverywhere(claims)
        context.logger.info("signed out everywhere", metadata: ["sub": "\(claims.subject)"])
        return Response(status: .noContent)
    }

    @Sendable private func changePassword(_ request: Request, _ context: AppContext) async throws -> Response {
        let claims = try authenticator.requireTokenForChange(request, context).claims.session
        let body = try await request.jsonObject()
        let (current, new) = (try body.string("current_password"), try body.string("new_password"))
        let tokens = try await gate.passwordChange(of: UserID(rawValue: claims.subject), from: context.place) {
            () async throws(IdentityError) in
            try await signOn.changePassword(claims, current: current, new: new)
        }
        context.logger.info("password changed", metadata: ["sub": "\(claims.subject)"])
        return .tokens(tokens)
    }

    // MARK: Looking

    @Sendable private func me(_ request: Request, _ context: AppContext) async throws -> Response {
        let claims = try authenticator.requireToken(request, context).json
        // The claims as they stand in the token, with one member more in front.
        var body = ByteBuffer()
        body.reserveCapacity(serverMember.count + claims.count)
        body.writeBytes(serverMember)
        body.writeBytes(claims.dropFirst())
        return .json(body)
    }

    @Sendable private func data(_ request: Request, _ context: AppContext) async throws -> Response {
        let claims = try authenticator.requireToken(request, context).claims
        return try await .data(
            of: UserID(rawValue: claims.session.subject), named: claims.userName, at: server, store)
    }
}

/// Signs in, and counts and logs what came of it: never the password, nor the name, which may be a password that was
/// typed in the wrong field.
///
/// - Throws: what the gate does, if it does not let the attempt through, and what `signIn` does.
func countedSignIn<Result>(
    _ username: String, _ gate: AttemptGate, _ context: AppContext,
    _ signIn: () async throws(IdentityError) -> Result
) async throws(IdentityError) -> Result {
    do {
        let result = try await gate.signIn(username, from: context.place, signIn)
        ResultCounters.signIns.succeed()
        return result
    } catch {
        ResultCounters.signIns.fail(error)
        context.logger.info("sign-in refused", metadata: ["code": "\(Problem(error)?.code ?? "internal_error")"])
        throw error
    }
}

extension Response {
    static func json(_ json: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: json))
    }

    /// What a server has of the user's own.
    static func data(
        of user: UserID, named name: String, at server: Server, _ store: any ClusterStore
    ) async throws(StoreError) -> Response {
        var json = JSONWriter()
        json.add("server", server.name)
        json.add("name", name)
        json.add(server.dataName, json: try await server.data(user, store))
        return .json(ByteBuffer(bytes: json.bytes))
    }

    /// The token response of OAuth (RFC 6749 section 5.1).
    fileprivate static func tokens(_ tokens: IssuedTokens) -> Response {
        var json = JSONWriter()
        json.add("access_token", tokens.access.text)
        json.add("token_type", "Bearer")
        json.add("expires_in", tokens.access.life)
        json.add("refresh_token", tokens.refresh.text)
        json.add("refresh_expires_in", tokens.refresh.life)
        return .json(ByteBuffer(bytes: json.bytes))
    }
}
