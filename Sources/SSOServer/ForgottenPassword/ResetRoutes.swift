import Hummingbird
import Identity
import Logging
import Tokens

/// Setting another password with the token of a mail, by program and by page.
///
/// Nothing here rests on cookies: whoever has the token needs nobody's browser to use it, so it is not asked where a
/// request comes from. (The page sends no `Origin` either: see ``Pages/reset(token:for:problem:)``.)
struct ResetRoutes: Sendable {
    let reset: PasswordReset
    let gate: AttemptGate
    let pages: Pages

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.post("/api/password/reset", on: router, use: setAsProgram)
        routes.get("/reset", on: router, use: form)
        routes.post("/reset", on: router, use: setOnPage)
    }

    @Sendable private func setAsProgram(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await request.jsonObject()
        let token = try body.string("token")
        let password = try body.string("new_password")
        do {
            try await set(password, by: token, context)
        } catch {
            throw Problem.reset(error) ?? error
        }
        return Response(status: .noContent)
    }

    /// Looking uses nothing up: programs that look at what stands in mails open links too.
    @Sendable private func form(_ request: Request, _ context: AppContext) async throws -> Response {
        let token = request.uri.queryParameters.get("token") ?? ""
        do {
            return pages.reset(token: token, for: try await reset.check(token))
        } catch {
            return try refusal(error)
        }
    }

    private struct PasswordForm: Decodable {
        var token: String?
        var new: String?

        enum CodingKeys: String, CodingKey {
            case token
            case new = "new_password"
        }
    }

    @Sendable private func setOnPage(_ request: Request, _ context: AppContext) async throws -> Response {
        let form = try await request.form(PasswordForm.self)
        return try await set(form.new ?? "", byPage: form.token ?? "", context)
    }

    private func set(
        _ password: String, byPage token: String, _ context: AppContext
    ) async throws(IdentityError) -> Response {
        do {
            try await set(password, by: token, context)
            return pages.resetDone()
        } catch {
            if Problem.reset(error) != nil { return try refusal(error) }
            // The token is still good, so the form comes again.
            return pages.reset(token: token, for: try await reset.check(token), problem: try .besideForm(error))
        }
    }

    private func set(_ password: String, by token: String, _ context: AppContext) async throws(IdentityError) {
        do {
            let user = try await gate.passwordReset(from: context.place) { () async throws(IdentityError) in
                try await reset.reset(token, to: password)
            }
            ResultCounters.resets.succeed()
            context.logger.info("password reset", metadata: ["sub": "\(user.id.rawValue)"])
        } catch {
            ResultCounters.resets.fail(error)
            throw error
        }
    }

    /// The page that says why a link does not work; other errors go on their way.
    private func refusal(_ error: IdentityError) throws(IdentityError) -> Response {
        guard let problem = Problem.reset(error) else { throw error }
        return pages.resetRefused(problem)
    }
}

extension Problem {
    /// What is wrong with a link, in words that fit one; nil for an error that is about something else.
    static func reset(_ error: IdentityError) -> Problem? {
        switch error {
        case .invalidToken(.expired):
            token("token_expired", "The link was good for half an hour, which is over. Ask for another.")
        case .invalidToken:
            token("token_invalid", "This is no link that could set a password. Take all of it, or ask for another.")
        case .revoked:
            token(
                "token_revoked",
                "The link was used already, or your password was changed or you have signed out everywhere since it "
                    + "was sent. Ask for another.")
        default: nil
        }
    }
}
