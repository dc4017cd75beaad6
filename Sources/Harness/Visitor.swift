public import Curl
import Synchronization

/// Somebody who uses the servers: a person with a browser and its cookies, or a program with a bearer token.
///
/// What a visitor sends and gets back is recorded. Redirects are not followed: they are what a test looks at.
public final class Visitor: Sendable {
    /// What a visitor is.
    public enum Kind: Sendable {
        /// Keeps cookies, and says where a form came from, as browsers do.
        case browser
        /// Keeps no cookies; sends its token as `Authorization: Bearer`.
        case program
    }

    /// Tokens as a program keeps them.
    struct Tokens {
        var access: String?
        var refresh: String?
    }

    /// Who it is, for the reader.
    public let name: String
    /// What it is.
    public let kind: Kind
    /// What it sends with.
    public let client: Client

    private let record = Mutex<[Exchange]>([])
    let tokens = Mutex(Tokens())

    init(_ name: String, _ kind: Kind, _ options: Client.Options) {
        self.name = name
        self.kind = kind
        var options = options
        options.cookies = kind == .browser
        client = Client(options)
    }

    /// A person with a browser and an empty cookie jar.
    ///
    /// - Parameter options: Timeouts and the like; whether there are cookies follows from the kind.
    public static func browser(named name: String, options: Client.Options = .init()) -> Visitor {
        Visitor(name, .browser, options)
    }

    /// A program without a token yet.
    ///
    /// - Parameter options: Timeouts and the like; whether there are cookies follows from the kind.
    public static func program(named name: String, options: Client.Options = .init()) -> Visitor {
        Visitor(name, .program, options)
    }

    /// All exchanges so far, in the order in which they ended.
    public var exchanges: [Exchange] { record.withLock { $0 } }

    // MARK: Sending

    /// Gets a page or a resource.
    ///
    /// - Parameter headers: Sent exactly so; they replace those of the same name that the visitor would send.
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func get(_ server: ServerProcess, _ path: String, headers: [Header] = []) async throws -> Exchange {
        try await get(server.url + path, headers: headers)
    }

    /// Gets an absolute address; else as ``get(_:_:headers:)``.
    @discardableResult
    public func get(_ url: String, headers: [Header] = []) async throws -> Exchange {
        try await send("GET", url, headers: headers)
    }

    /// Posts a form. A browser says `Origin` and `Sec-Fetch-Site: same-origin`, as if the form stood on that server.
    ///
    /// - Parameter headers: Sent exactly so; they replace those of the same name that the visitor would send.
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func post(
        _ server: ServerProcess, _ path: String, form: [(String, String)], headers: [Header] = []
    ) async throws -> Exchange {
        try await post(server.url + path, form: form, headers: headers)
    }

    /// Posts a form to an absolute address; else as ``post(_:_:form:headers:)``.
    @discardableResult
    public func post(_ url: String, form: [(String, String)], headers: [Header] = []) async throws -> Exchange {
        let type = Header("Content-Type", "application/x-www-form-urlencoded")
        return try await send(
            "POST", url, headers: headers.adding([type] + formOrigin(of: url)), body: Array(formBody(form).utf8))
    }

    /// Posts JSON text, which may be as wrong as you like. A browser says where it came from, as with a form.
    ///
    /// - Parameter headers: Sent exactly so; they replace those of the same name that the visitor would send.
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func post(
        _ server: ServerProcess, _ path: String, json: String, headers: [Header] = []
    ) async throws -> Exchange {
        try await post(server.url + path, json: json, headers: headers)
    }

    /// Posts JSON text to an absolute address; else as ``post(_:_:json:headers:)``.
    @discardableResult
    public func post(_ url: String, json: String, headers: [Header] = []) async throws -> Exchange {
        let type = Header("Content-Type", "application/json")
        return try await send(
            "POST", url, headers: headers.adding([type] + formOrigin(of: url)), body: Array(json.utf8))
    }

    /// Sends any request; else as ``send(_:_:headers:body:)``.
    @discardableResult
    public func send(
        _ method: String, _ server: ServerProcess, _ path: String, headers: [Header] = [], body: [UInt8]? = nil
    ) async throws -> Exchange {
        try await send(method, server.url + path, headers: headers, body: body)
    }

    /// Sends any request. The visitor adds `Accept`, its cookies and its token, and nothing else.
    ///
    /// - Parameter headers: Sent exactly so; they replace those of the same name that the visitor would send.
    ///   A `Cookie` among them stands beside the jar's.
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func send(
        _ method: String, _ url: String, headers: [Header] = [], body: [UInt8]? = nil
    ) async throws -> Exchange {
        try await send(method, url, headers: headers, body: body, token: tokens.withLock { $0.access })
    }

    /// Sends with that token rather than the visitor's own.
    func send(
        _ method: String, _ url: String, headers: [Header], body: [UInt8]?, token: String?
    ) async throws -> Exchange {
        let accept = kind == .browser ? "text/html,application/xhtml+xml,*/*;q=0.8" : "application/json"
        let defaults = [Header("Accept", accept)] + (token.map { [Header("Authorization", "Bearer \($0)")] } ?? [])
        let exchange = try await client.send(
            Request(method: method, url: url, headers: headers.adding(defaults), body: body))
        record.withLock { $0.append(exchange) }
        return exchange
    }

    /// What a browser says about a form that stands on the server it is posted to.
    func formOrigin(of url: String) -> [Header] {
        guard kind == .browser else { return [] }
        // scheme://host:port, the first three pieces between slashes.
        let origin = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
        return [Header("Origin", origin.joined(separator: "/")), Header("Sec-Fetch-Site", "same-origin")]
    }
}

extension [Header] {
    /// These headers, and those of the defaults whose names are not among them.
    func adding(_ defaults: [Header]) -> [Header] {
        self + defaults.filter { header in !contains { $0.isNamed(header.name) } }
    }
}

/// A form as `application/x-www-form-urlencoded`: all but letters, digits and `-._*` is percent-encoded.
public func formBody(_ fields: [(String, String)]) -> String {
    fields.map { "\(formEncoded($0))=\(formEncoded($1))" }.joined(separator: "&")
}

private func formEncoded(_ text: String) -> String {
    text.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "*"):
            String(UnicodeScalar(byte))
        case UInt8(ascii: " "): "+"
        default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }.joined()
}
