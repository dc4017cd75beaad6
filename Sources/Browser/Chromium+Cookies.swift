import Harness

extension Chromium {
    /// A cookie as the browser has it (W3C WebDriver, “Cookies”).
    public struct Cookie: Sendable, Equatable {
        /// The cookie's name.
        public var name: String
        /// The cookie's value, as it is sent.
        public var value: String
        /// The host it goes to; with a leading dot, also to those below. Nil, where one is added: that of the page.
        public var domain: String?
        /// The path it goes to, and all below it.
        public var path: String
        /// Whether it goes over secure connections only, among which browsers count those to this machine.
        public var secure: Bool
        /// Whether scripts are kept from it.
        public var httpOnly: Bool
        /// `Strict`, `Lax` or `None`, or nil if that was not said.
        public var sameSite: String?
        /// When it ends, in seconds since 1970, or nil if with the browser.
        public var expires: Int?

        /// Describes a cookie: by default one that ends with the browser, for the host of the page and all its paths.
        public init(
            name: String, value: String, domain: String? = nil, path: String = "/", secure: Bool = false,
            httpOnly: Bool = false, sameSite: String? = nil, expires: Int? = nil
        ) {
            self.name = name
            self.value = value
            self.domain = domain
            self.path = path
            self.secure = secure
            self.httpOnly = httpOnly
            self.sameSite = sameSite
            self.expires = expires
        }
    }

    /// The cookies that would go to the page in front, by name (“Get All Cookies”).
    public var cookies: [Cookie] {
        get async throws {
            (try await wire.send("GET", "/cookie").array ?? []).compactMap(Cookie.init).sorted { $0.name < $1.name }
        }
    }

    /// The first cookie of that name that would go to the page in front, or nil.
    public func cookie(named name: String) async throws -> Cookie? {
        try await cookies.first { $0.name == name }
    }

    /// Adds a cookie, in place of one with the same name, domain and path; the page in front must be one that it goes
    /// to (“Add Cookie”).
    public func add(_ cookie: Cookie) async throws {
        _ = try await wire.send("POST", "/cookie", ["cookie": cookie.json])
    }

    /// Takes away the cookies of that name that would go to the page in front (“Delete Cookie”).
    public func deleteCookie(named name: String) async throws {
        _ = try await wire.send("DELETE", "/cookie/\(name)")
    }

    /// Takes away all cookies that would go to the page in front (“Delete All Cookies”).
    public func deleteCookies() async throws {
        _ = try await wire.send("DELETE", "/cookie")
    }
}

extension Chromium.Cookie {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let value = json["value"]?.string else { return nil }
        self.init(
            name: name, value: value, domain: json["domain"]?.string, path: json["path"]?.string ?? "/",
            secure: json["secure"]?.bool == true, httpOnly: json["httpOnly"]?.bool == true,
            sameSite: json["sameSite"]?.string, expires: json["expiry"]?.integer)
    }

    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "value": .string(value), "path": .string(path), "secure": .bool(secure),
            "httpOnly": .bool(httpOnly),
        ]
        members["domain"] = domain.map { .string($0) }
        members["sameSite"] = sameSite.map { .string($0) }
        members["expiry"] = expires.map { .integer($0) }
        return .object(members)
    }
}
