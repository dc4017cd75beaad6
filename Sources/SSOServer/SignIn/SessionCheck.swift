import HTTPTypes
import Hummingbird
import Identity

/// Finds out who asks by the random session id in their cookie: the one question that both pages and programs ask on
/// each request.
struct SessionCheck: Sendable {
    let signOn: SessionSignOn
    let cookies: CookieSettings

    /// What came, and what became of it.
    struct Finding: Sendable {
        let secret: SessionSecret
        let lookup: SessionLookup
    }

    /// Looks for the session of a request's cookie; nil if there is no cookie.
    ///
    /// - Throws: ``Problem/ambiguousCredentials``, or `IdentityError/store(_:)`, which signs nobody out.
    func find(_ request: Request, _ context: AppContext) async throws -> Finding? {
        try await context.record.checking {
            guard let text = try request.headers.cookie(cookies.sessionName) else { return nil }
            let secret = SessionSecret(presented: text)
            return Finding(secret: secret, lookup: try await signOn.find(secret))
        }
    }

    /// The same for who is about to be let in: the use is counted, and noted for the page of devices.
    func use(_ request: Request, _ context: AppContext) async throws -> Finding? {
        guard let finding = try await find(request, context) else { return nil }
        switch finding.lookup {
        case .live(let session):
            ResultCounters.sessionChecks.succeed()
            await signOn.noteUse(of: session)
        case .refused(let refusal):
            ResultCounters.sessionChecks.fail(Problem.session(refusal, cookies))
        }
        return finding
    }
}
