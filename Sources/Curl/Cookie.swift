/// One cookie of a jar.
public struct Cookie: Sendable, Equatable {
    /// The cookie's name.
    public var name: String
    /// The cookie's value, as it is sent.
    public var value: String
    /// The host it goes to, without a leading dot.
    public var domain: String
    /// Whether it goes to the hosts below `domain` too: it was set with a `Domain`.
    public var includesSubdomains: Bool
    /// The path it goes to, and all below it.
    public var path: String
    /// Whether it goes over TLS only.
    public var secure: Bool
    /// Whether scripts are kept from it. (There are none here; it is what the server said.)
    public var httpOnly: Bool
    /// When it ends, in seconds since 1970, or nil if with the browser.
    public var expires: Int?

    /// Describes a cookie: by default a session cookie for one host and all its paths.
    public init(
        name: String, value: String, domain: String, includesSubdomains: Bool = false, path: String = "/",
        secure: Bool = false, httpOnly: Bool = false, expires: Int? = nil
    ) {
        self.name = name
        self.value = value
        self.domain = domain
        self.includesSubdomains = includesSubdomains
        self.path = path
        self.secure = secure
        self.httpOnly = httpOnly
        self.expires = expires
    }

    private static let httpOnlyMark = "#HttpOnly_"

    /// Reads a line of Netscape's cookie file, which is what libcurl gives out; nil if it is none.
    init?(netscapeLine line: String) {
        var fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        if fields.count == 6 { fields.append("") }
        guard fields.count == 7 else { return nil }
        httpOnly = fields[0].hasPrefix(Self.httpOnlyMark)
        let domain = httpOnly ? String(fields[0].dropFirst(Self.httpOnlyMark.count)) : fields[0]
        self.domain = domain.hasPrefix(".") ? String(domain.dropFirst()) : domain
        includesSubdomains = fields[1] == "TRUE"
        path = fields[2]
        secure = fields[3] == "TRUE"
        let seconds = Int(fields[4]) ?? 0
        expires = seconds == 0 ? nil : seconds
        name = fields[5]
        value = fields[6]
    }

    /// The cookie as a line of Netscape's cookie file.
    var netscapeLine: String {
        let domain = (httpOnly ? Self.httpOnlyMark : "") + (includesSubdomains ? "." : "") + domain
        let flags = (subdomains: includesSubdomains ? "TRUE" : "FALSE", secure: secure ? "TRUE" : "FALSE")
        return [domain, flags.subdomains, path, flags.secure, String(expires ?? 0), name, value]
            .joined(separator: "\t")
    }
}
