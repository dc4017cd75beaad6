import HTTPTypes
import Hummingbird
import Identity
import Lessons
import Logging
import Synchronization
import Tokens

/// The lab, on servers with `--lab` alone: buttons that do to one's own session what an attacker or time would do, and
/// show what the server answers.
final class LabRoutes: Sendable {
    private let signIn: any PageSignIn
    private let access: AccessCheck
    private let signOn: SignOn
    private let store: any IdentityStore
    private let cookies: CookieSettings
    private let site: Site
    private let pages: Pages
    /// The server itself, whole: the answers that are shown are its own.
    private let responder = Mutex<(any HTTPResponder<AppContext>)?>(nil)

    init(
        signIn: any PageSignIn, access: AccessCheck, signOn: SignOn, store: any IdentityStore,
        cookies: CookieSettings, site: Site, pages: Pages
    ) {
        self.signIn = signIn
        self.access = access
        self.signOn = signOn
        self.store = store
        self.cookies = cookies
        self.site = site
        self.pages = pages
    }

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/lab", on: router) { [self] in try await lab($0, $1) }
        for experiment in Experiment.allCases {
            routes.post("/lab/\(experiment.rawValue)", on: router) { [self] in try await run(experiment, $0, $1) }
        }
    }

    /// Takes the finished server, to which the changed requests are sent.
    func ask(_ responder: any HTTPResponder<AppContext>) {
        self.responder.withLock { $0 = responder }
    }

    private func lab(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let visitor = try await signIn.visitor(request, context) else { return .returning("/lab") }
        let experiments = Experiment.allCases.map { experiment -> Pages.Content in
            ["name": experiment.rawValue, "label": experiment.title, "deed": experiment.deed]
        }
        return pages.page("lab", for: visitor, context, at: nil, ["experiments": experiments])
    }

    private func run(
        _ experiment: Experiment, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        try site.requireOwnPage(request)
        guard let visitor = try await signIn.visitor(request, context) else { return .returning("/lab") }
        let before = CookieTokens(
            access: try visitor.accessToken ?? request.headers.cookie(cookies.accessName),
            refresh: try visitor.refreshToken ?? request.headers.cookie(cookies.refreshName))
        var after = try experiment.changed(before, signOn.authority)
        var trials = [after]
        if experiment == .hacked {
            // As signing out everywhere does: not for a token that is itself revoked.
            let count = try await store.advanceCount(
                of: visitor.user, from: visitor.count, in: visitor.session, at: signOn.authority.now)
            guard count != nil else { throw IdentityError.revoked }
            context.logger.notice("the lab added one to a count", metadata: ["sub": "\(visitor.user.rawValue)"])
            if let token = before.access { await waitUntilHeard(of: token) }
            // What is left when the access token has expired.
            trials.append(CookieTokens(access: nil, refresh: before.refresh))
        }
        var exchanges: [Pages.Content] = []
        for tokens in trials {
            let (content, nextRefresh) = try await exchange(tokens, request, context)
            exchanges.append(content)
            // Each refresh token is good once, and the trial has used it.
            if let nextRefresh { after.refresh = nextRefresh }
        }
        var content: Pages.Content = [
            "label": experiment.title, "deed": experiment.deed, "lesson": experiment.lesson.text.title,
            "lessonName": experiment.lesson.rawValue, "exchanges": exchanges,
        ]
        content["before"] = before.access.map { TokenAnatomy($0).content }
        content["after"] = after.access.map { TokenAnatomy($0).content }
        var result = visitor
        result.cookies = cookies.setting(after, signOn.authority.terms)
        return pages.page("lab-result", for: result, context, at: nil, content)
    }

    /// Waits until this server has heard that the token is revoked, if it hears of such things, so that what is shown is
    /// what stays. A second is far more than it takes.
    private func waitUntilHeard(of token: String) async {
        guard access.revocations != nil else { return }
        let deadline = ContinuousClock.now + .seconds(1)
        while (try? access.verify(token)) != nil, .now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return }
        }
    }

    /// Sends `GET /` with these cookies to this server, and tells both sides of it and why.
    ///
    /// - Returns: what to show, and the refresh token that the answer sets, if it sets one.
    private func exchange(
        _ tokens: CookieTokens, _ original: Request, _ context: AppContext
    ) async throws -> (content: Pages.Content, nextRefresh: String?) {
        let header = [(cookies.accessName, tokens.access), (cookies.refreshName, tokens.refresh)]
            .compactMap { name, token in token.map { "\(name)=\($0)" } }
        var fields = HTTPFields([HTTPField(name: .accept, value: "text/html")])
        fields[values: .cookie] = header
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: original.head.authority, path: "/", headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        guard let responder = responder.withLock({ $0 }) else { throw Problem.internalError }
        let response = try await responder.respond(to: request, context: AppContext(beside: context))
        let visitor = try await signIn.visitor(request, AppContext(beside: context))
        let refusal = try await signIn.refusal(request, AppContext(beside: context))
        let verdict = visitor?.xray.verdict ?? .refused
        let content: Pages.Content = [
            "request": ["GET / HTTP/1.1", "Host: \(original.head.authority ?? "")"]
                + (header.isEmpty ? [] : ["Cookie: \(header.map(Self.shortened).joined(separator: "; "))"]),
            "answer": ["HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)"]
                + [.location, .setCookie, .serverTiming].flatMap { name in
                    response.headers[values: name].map { "\(name.rawName): \(Self.shortened($0))" }
                },
            "reason": visitor?.xray.reason ?? refusal?.reason ?? "No token came at all.",
            "verdict": verdict.rawValue, "verdictClass": verdict.cssClass,
        ]
        return (content, visitor?.refreshToken)
    }

    /// A cookie's line with its token cut short: nothing on a page can be used.
    private static func shortened(_ line: String) -> String {
        guard let start = line.firstRange(of: "=eyJ")?.lowerBound else { return line }
        let value = line[start...]
        let end = value.firstIndex(of: ";") ?? line.endIndex
        return end > line.index(start, offsetBy: 20, limitedBy: line.endIndex) ?? line.endIndex
            ? "\(line[..<start])\(value.prefix(18))…\(line[end...])" : line
    }
}

extension AppContext {
    /// The context of a request that is made while another is answered.
    init(beside other: AppContext) {
        channel = other.channel
        coreContext = .init(source: other)
    }
}

extension CookieSettings {
    /// Sets these tokens in a browser, and takes away what is missing.
    fileprivate func setting(_ tokens: CookieTokens, _ terms: TokenAuthority.Terms) -> [HTTPField] {
        var fields = clear
        if let access = tokens.access { fields[0] = setAccess(access, life: terms.accessLife) }
        if let refresh = tokens.refresh { fields[1] = setRefresh(refresh, life: terms.refreshLife) }
        return fields
    }
}
