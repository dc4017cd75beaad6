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
        let authorizations = headers[values: .authorization]
        guard authorizations.count <= 1 else { throw .ambiguousCredentials }
        if let token = authorizations.first.flatMap(Self.bearerToken) {
            self = .bearer(token)
        } else {
            self = .cookies(
                access: try headers.cookie(cookies.accessName), refresh: try headers.cookie(cookies.refreshName))
        }
    }

    /// The token of a Bearer header, which may be empty; nil for another scheme, which is not ours.
    private static func bearerToken(_ header: String) -> String? {
        let scheme = header.utf8.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard String(Substring(scheme)).lowercased() == "bearer" else { return nil }
        return String(Substring(header.utf8.dropFirst(scheme.count).trimmingSpaces))
    }
}
