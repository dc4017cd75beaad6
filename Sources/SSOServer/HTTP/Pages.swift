import HTTPTypes
import Hummingbird
import Mustache

/// Renders the pages. Mustache escapes whatever is put into them.
struct Pages: Sendable {
    private let server: Server
    private let site: Site
    private let library: MustacheLibrary

    init(_ server: Server, _ site: Site) throws {
        self.server = server
        self.site = site
        let templates = [
            "layout": PackageResources.layout_mustache,
            "sign-in": PackageResources.sign_in_mustache,
            "register": PackageResources.register_mustache,
            "sign-out": PackageResources.sign_out_mustache,
            "problem": PackageResources.problem_mustache,
            "home": server.homeTemplate,
        ]
        library = MustacheLibrary(
            templates: try templates.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) })
    }

    func home(userName: String, issuer: String, _ data: [String: any Sendable]) -> Response {
        let known: [String: any Sendable] = ["user": userName, "issuer": issuer]
        return render("home", data.merging(known) { _, known in known })
    }

    func signIn(returnTo: String, username: String = "", problem: Problem? = nil) -> Response {
        render("sign-in", form(returnTo, username, problem), status: problem?.status, problem?.headers)
    }

    func register(returnTo: String, username: String = "", problem: Problem? = nil) -> Response {
        render("register", form(returnTo, username, problem), status: problem?.status, problem?.headers)
    }

    func signOut() -> Response { render("sign-out", [:]) }

    func problem(_ problem: Problem) -> Response {
        let data: [String: any Sendable] = [
            "detail": problem.detail, "code": problem.code, "reason": problem.status.reasonPhrase,
        ]
        return render("problem", data, status: problem.status, problem.headers)
    }

    private func form(_ returnTo: String, _ username: String, _ problem: Problem?) -> [String: any Sendable] {
        var data: [String: any Sendable] = [
            "returnTo": returnTo, "returnToQuery": queryEncoded(returnTo), "username": username,
        ]
        data["problem"] = problem?.detail
        return data
    }

    /// Percent-encodes all that has a meaning of its own in a query (RFC 3986 section 3.4).
    private func queryEncoded(_ text: String) -> String {
        let plain = Array("/:-._~?".utf8)
        return text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            if plain.contains(byte) || scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte) {
                return String(scalar)
            }
            return "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
        }.joined()
    }

    private func render(
        _ name: String, _ data: [String: any Sendable], status: HTTPResponse.Status? = nil, _ headers: HTTPFields? = nil
    ) -> Response {
        var data = data
        data["title"] = server.title
        data["server"] = server.name
        data["peerTitle"] = server.peer.title
        data["peerURL"] = "\(site.peer)/"
        let html = library.render(data, withTemplate: name) ?? ""
        var headers = headers ?? HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        // Browsers apply form-action to the redirect after a form too, which may lead to the peer.
        headers[.contentSecurityPolicy] = """
            default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self' \(site.peer); \
            frame-ancestors 'none'
            """
        headers[.referrerPolicy] = "same-origin"
        return Response(status: status ?? .ok, headers: headers, body: .init(byteBuffer: .init(string: html)))
    }
}
