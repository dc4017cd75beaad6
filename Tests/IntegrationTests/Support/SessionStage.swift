import Curl
import Harness
import Testing

/// Where servers that keep sessions keep them.
enum SessionPlace: String, CaseIterable, CustomTestStringConvertible {
    case local
    case shared

    var testDescription: String {
        switch self {
        case .local: "in each server's memory"
        case .shared: "in the database"
        }
    }

    /// Options for a cluster that keeps sessions here.
    func options(_ more: String...) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--auth", "sessions", "--session-store", rawValue] + more
        return options
    }

    /// How many statements it takes to find out who asks.
    var reads: Int { self == .local ? 0 : 1 }
}

/// The name of the one cookie.
let sessionCookie = "sso_session"

extension Visitor {
    /// Another browser with a copy of this one's cookies.
    func thief() -> Visitor {
        let thief = Visitor.browser(named: "whoever copied the cookies of \(name)")
        for cookie in cookies { thief.setCookie(cookie) }
        return thief
    }
}

/// Expects the home page of a user, found in so many reads, with an X-ray that says all of this.
func expectKnown(
    _ visitor: Visitor, as user: String, at server: ServerProcess, _ place: SessionPlace, saying texts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let page = try await visitor.get(server, "/")
    #expect(page.status == 200, sourceLocation: sourceLocation)
    #expect(page.text.contains("<strong>\(user)</strong>"), sourceLocation: sourceLocation)
    #expect(page.setCookies.isEmpty, sourceLocation: sourceLocation)
    // The page's own data is one statement more.
    #expect(
        page.serverTiming == ServerTiming(auth: place.reads, db: place.reads + 1), sourceLocation: sourceLocation)
    #expect(page.text.contains("X-ray"), sourceLocation: sourceLocation)
    for text in texts { #expect(page.text.contains(text), "\(text)", sourceLocation: sourceLocation) }
}

/// Expects to be sent to sign in, and the sign-in page to say why with all of this.
func expectStranger(
    _ visitor: Visitor, at server: ServerProcess, _ place: SessionPlace, saying texts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let page = try await visitor.get(server, "/")
    expectSignInAsked(page, sourceLocation: sourceLocation)
    #expect(
        page.serverTiming == ServerTiming(auth: place.reads, db: place.reads), sourceLocation: sourceLocation)
    let signIn = try await visitor.get(server, "/login")
    #expect(signIn.status == 200, sourceLocation: sourceLocation)
    #expect(signIn.text.contains("refused"), sourceLocation: sourceLocation)
    for text in texts { #expect(signIn.text.contains(text), "\(text)", sourceLocation: sourceLocation) }
}

/// Expects an answer for programs that says what went wrong with the session.
func expectSessionProblem(
    _ answer: Exchange, _ code: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == 401, sourceLocation: sourceLocation)
    #expect(answer.json("code") == code, sourceLocation: sourceLocation)
    #expect(
        answer.header("WWW-Authenticate") == "Cookie cookie-name=\"\(sessionCookie)\"",
        sourceLocation: sourceLocation)
    #expect(answer.setCookies.isEmpty, sourceLocation: sourceLocation)
}
