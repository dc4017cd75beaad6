import Foundation
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
    let accessName: String
    let refreshName: String

    init(domain: String?, isSecure: Bool, accessLife: Int, refreshLife: Int) {
        self.domain = domain
        self.isSecure = isSecure
        self.accessLife = accessLife
        self.refreshLife = refreshLife
        // With `Secure`, the prefix lets browsers refuse a cookie that was not set so (RFC 6265bis section 4.1.3.1).
        let prefix = isSecure ? "__Secure-" : ""
        accessName = "\(prefix)sso_access"
        refreshName = "\(prefix)sso_refresh"
    }

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
        let name = Array(name.utf8)[...]
        var found: ArraySlice<UInt8>?
        func look(_ pair: ArraySlice<UInt8>) throws(Problem) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair[..<equals].trimmingSpaces == name else {
                return
            }
            let value = pair[(equals + 1)...].trimmingSpaces
            guard found == nil || found == value else { throw .ambiguousCredentials }
            found = value
        }
        for field in self where field.name == .cookie {
            let line = Array(field.value.utf8)
            // HTTPTypes has split most lines already, and a token is long: memchr sees many bytes at a time.
            if memchr(line, Int32(UInt8(ascii: ";")), line.count) == nil {
                try look(line[...])
            } else {
                for pair in line.split(separator: UInt8(ascii: ";")) { try look(pair) }
            }
        }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension BidirectionalCollection<UInt8> where SubSequence == Self {
    /// Without the spaces and tabs at both ends.
    var trimmingSpaces: Self {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}
