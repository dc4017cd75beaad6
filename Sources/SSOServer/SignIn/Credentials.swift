import HTTPTypes

/// The tokens that came with a request.
enum Credentials {
    /// `Authorization: Bearer` (RFC 6750 section 2.1). Cookies are not looked at then.
    case bearer(String)
    /// Cookies, of which either may be missing.
    case cookies(access: String?, refresh: String?)

    /// Reads a request's credentials.
    ///
    /// - Throws: ``Problem/ambiguousCredentials`` for two `Authorization` headers, or two cookies of one name with
    ///   different values.
    init(_ headers: HTTPFields, _ cookies: CookieSettings) throws(Problem) {
        var authorization: String?
        for field in headers where field.name == .authorization {
            guard authorization == nil else { throw .ambiguousCredentials }
            authorization = field.value
        }
        if let token = authorization.flatMap(Self.bearerToken) {
            self = .bearer(token)
        } else {
            let (access, refresh) = try headers.cookies(cookies.accessName, cookies.refreshName)
            self = .cookies(access: access, refresh: refresh)
        }
    }

    /// The token of a Bearer header, which may be empty; nil for another scheme, which is not ours.
    private static func bearerToken(_ header: String) -> String? {
        let scheme = header.utf8.prefix(6)
        // In ASCII this bit alone tells a small letter from a capital, and makes no letter of anything else.
        guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        let rest = header.utf8[scheme.endIndex...]
        guard rest.isEmpty || rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t") else { return nil }
        return String(Substring(rest.trimmingSpaces))
    }
}
