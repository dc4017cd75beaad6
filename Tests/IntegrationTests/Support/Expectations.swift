import Curl
import Harness
import Testing

/// Expects an answer for programs that says what went wrong; a 401 for a token also carries the challenge.
func expectProblem(
    _ answer: Exchange, _ status: Int, _ code: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == status, sourceLocation: sourceLocation)
    #expect(answer.json("code") == code, sourceLocation: sourceLocation)
    #expect(answer.jsonInteger("status") == status, sourceLocation: sourceLocation)
    #expect(answer.header("Content-Type") == "application/problem+json", sourceLocation: sourceLocation)
    let challenge = code.hasPrefix("token_") ? "Bearer error=\"invalid_token\"" : nil
    #expect(answer.header("WWW-Authenticate") == challenge, sourceLocation: sourceLocation)
    #expect(answer.setCookies.isEmpty, sourceLocation: sourceLocation)
}

/// Expects what a program is told while the database cannot be reached.
func expectDatabaseUnavailable(_ answer: Exchange, sourceLocation: SourceLocation = #_sourceLocation) {
    expectProblem(answer, 503, "database_unavailable", sourceLocation: sourceLocation)
    expectRetryAfter(answer, sourceLocation: sourceLocation)
}

/// Expects a page that could not be shown, and that signs nobody out.
func expectUnavailablePage(_ page: Exchange, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(page.status == 503, sourceLocation: sourceLocation)
    #expect(page.header("Location") == nil, sourceLocation: sourceLocation)
    #expect(page.setCookies.isEmpty, sourceLocation: sourceLocation)
    expectRetryAfter(page, sourceLocation: sourceLocation)
}

/// Expects to be sent to sign in, without a cookie on the way.
func expectSignInAsked(_ page: Exchange, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(page.status == 303, sourceLocation: sourceLocation)
    #expect(page.header("Location")?.hasPrefix("/login?return_to=") == true, sourceLocation: sourceLocation)
    #expect(page.setCookies.isEmpty, sourceLocation: sourceLocation)
}

/// Expects that a page took both cookies away and set no other.
func expectCookiesCleared(_ page: Exchange, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(page.status == 303, sourceLocation: sourceLocation)
    #expect(page.header("Location") == "/login", sourceLocation: sourceLocation)
    #expect(page.setCookies.map(\.name).sorted() == ["sso_access", "sso_refresh"], sourceLocation: sourceLocation)
    for cookie in page.setCookies {
        #expect(cookie.value == "", sourceLocation: sourceLocation)
        #expect(cookie["Max-Age"] == "0", sourceLocation: sourceLocation)
    }
}

/// Expects a home page that knows its visitor by name, and who issued their token.
func expectHomePage(
    _ page: Exchange, of user: String, issuer: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(page.status == 200, sourceLocation: sourceLocation)
    #expect(page.text.contains("<strong>\(user)</strong>"), sourceLocation: sourceLocation)
    #expect(page.text.contains("<strong>\(issuer.name)</strong>"), sourceLocation: sourceLocation)
}

/// Expects that every one of the servers refuses the refresh token.
func expectRefreshRefused(
    _ token: String?, at servers: [ServerProcess], _ code: String = "token_revoked",
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    for server in servers {
        let program = Visitor.program(named: "holder of an old token")
        program.use(refreshToken: token)
        expectProblem(try await program.refresh(at: server), 401, code, sourceLocation: sourceLocation)
    }
}

/// Expects that a program goes on at every one of the servers, each time with the tokens that it got before.
func expectRefreshWorks(
    _ program: Visitor, at servers: [ServerProcess], count: Int, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    for server in servers {
        let answer = try await program.refresh(at: server)
        #expect(answer.status == 200, sourceLocation: sourceLocation)
        for token in [answer.json("access_token"), answer.json("refresh_token")] {
            let claims = try claims(of: token)
            #expect(claims["iss"]?.string == server.name, sourceLocation: sourceLocation)
            #expect(claims["count"]?.integer == count, sourceLocation: sourceLocation)
        }
    }
}

private func expectRetryAfter(_ answer: Exchange, sourceLocation: SourceLocation) {
    let seconds = answer.header("Retry-After").flatMap { Int($0) } ?? 0
    #expect(seconds > 0, "Retry-After, in seconds", sourceLocation: sourceLocation)
}
