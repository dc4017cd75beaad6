import Foundation
import HTTPTypes
import Hummingbird
import Mustache

/// Renders the pages. Mustache escapes whatever is put into them.
struct Pages: Sendable {
    private let server: Server
    private let site: Site
    private let hasLab: Bool
    private let words: Content?
    private let library: MustacheLibrary

    /// - Parameters:
    ///   - hasLab: whether every page says that the server runs with `--lab`.
    ///   - auth: how people are known, which the pages put into words.
    init(_ server: Server, _ site: Site, hasLab: Bool, auth: Settings.Auth) throws {
        self.server = server
        self.site = site
        self.hasLab = hasLab
        words = Self.words(auth, server)
        let templates = [
            "layout": PackageResources.layout_mustache,
            "xray": PackageResources.xray_mustache,
            "sign-in": PackageResources.sign_in_mustache,
            "register": PackageResources.register_mustache,
            "sign-out": PackageResources.sign_out_mustache,
            "devices": PackageResources.devices_mustache,
            "activity": PackageResources.activity_mustache,
            "password": PackageResources.password_mustache,
            "lab": PackageResources.lab_mustache,
            "lab-result": PackageResources.lab_result_mustache,
            "lessons": PackageResources.lessons_mustache,
            "forgot": PackageResources.forgot_mustache,
            "reset": PackageResources.reset_mustache,
            "problem": PackageResources.problem_mustache,
            "home": server.homeTemplate,
        ]
        library = MustacheLibrary(
            templates: try templates.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) })
    }

    /// What a template shows.
    typealias Content = [String: any Sendable]

    func problem(_ problem: Problem) -> Response {
        let content: Content = [
            "detail": problem.detail, "code": problem.code, "reason": problem.status.reasonPhrase,
        ]
        return render("problem", content, problem: problem)
    }

    /// A page for a visitor, with the X-ray of their request, and with the cookies that it sets.
    ///
    /// - Parameter place: the entry of the navigation that it is, such as `atHome`; nil if it is none.
    func page(
        _ name: String, for visitor: PageVisitor, _ context: AppContext, at place: String?, _ content: Content = [:],
        problem: Problem? = nil
    ) -> Response {
        var content = content
        content["user"] = visitor.userName
        if let place { content[place] = true }
        content["xray"] = visitor.xray.content(statements: context.record.check.statements)
        var response = render(name, content, problem: problem)
        for cookie in visitor.cookies { response.headers.append(cookie) }
        return response
    }

    /// - Parameter problem: what the page says went wrong: it gives the status, and headers such as `Retry-After`.
    func render(_ name: String, _ content: Content, problem: Problem? = nil) -> Response {
        var content = content
        content["title"] = server.title
        content["server"] = server.name
        content["lab"] = hasLab
        content["sessions"] = words
        content["emblem"] = server.emblem
        content["homeTitle"] = "\(server.dataName)".capitalized
        content["peerTitle"] = server.peer.title
        content["peerURL"] = "\(site.peer)/"
        let html = library.render(content, withTemplate: name) ?? ""
        var headers = problem?.headers ?? HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        // Nothing inline, nothing from elsewhere. Browsers apply form-action to the redirect after a form too, which may
        // lead to the peer.
        headers[.contentSecurityPolicy] = """
            default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; \
            form-action 'self' \(site.peer); frame-ancestors 'none'
            """
        // With less, a form that posts to the peer could not say where it comes from: its Origin would be null.
        headers[.referrerPolicy] = "strict-origin-when-cross-origin"
        return Response(status: problem?.status ?? .ok, headers: headers, body: .init(byteBuffer: .init(string: html)))
    }
}
