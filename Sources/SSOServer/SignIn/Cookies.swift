import HTTPTypes
import Hummingbird
import Identity

/// How the two cookies are named and set.
struct CookieSettings: Sendable {
    /// The parent domain that both servers share; nil for this host only.
    let domain: String?
    /// Whether browsers may send them over https only.
    let isSecure: Bool
    /// How long they live, in seconds: as long as their tokens.
    let accessLife: Int
    let refreshLife: Int

    /// With `Secure`, the prefix lets browsers refuse a cookie that was not set so (RFC 6265bis section 4.1.3.1).
    private var prefix: String { isSecure ? "__Secure-" : "" }

    var accessName: String { "\(prefix)sso_access" }
    var refreshName: String { "\(prefix)sso_refresh" }

    func setAccess(_ token: IssuedToken) -> HTTPField { field(accessName, token.text, life: token.life) }

    func setRefresh(_ token: IssuedToken) -> HTTPField { field(refreshName, token.text, life: token.life) }

    /// Makes browsers forget both.
    var clear: [HTTPField] { [field(accessName, "", life: 0), field(refreshName, "", life: 0)] }

    private func field(_ name: String, _ value: String, life: Int) -> HTTPField {
        let secure = isSecure ? "; Secure" : ""
        let domain = domain.map { "; Domain=\($0)" } ?? ""
        return HTTPField(
            name: .setCookie,
            value: "\(name)=\(value); HttpOnly; SameSite=Lax; Path=/; Max-Age=\(life)\(secure)\(domain)")
    }
}

extension HTTPFields {
    /// The value of a request's cookie.
    ///
    /// It is read byte by byte, as browsers write it. To Swift, the Greek question mark is a `;`, and a cookie could be
    /// smuggled in the value of another.
    ///
    /// - Throws: ``Problem/ambiguousCredentials`` if it came with two different values: one may be an attacker's, set
    ///   from a sibling domain, and nobody can tell which.
    func cookie(_ name: String) throws(Problem) -> String? {
        var found: Substring.UTF8View?
        for line in self[values: .cookie] {
            for pair in line.utf8.split(separator: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    pair[..<equals].trimmingSpaces.elementsEqual(name.utf8)
                else { continue }
                let value = pair[pair.index(after: equals)...].trimmingSpaces
                guard found?.elementsEqual(value) != false else { throw .ambiguousCredentials }
                found = value
            }
        }
        return found.map { String(Substring($0)) }
    }
}

extension Substring.UTF8View {
    /// Without the spaces and tabs at both ends.
    var trimmingSpaces: Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}
