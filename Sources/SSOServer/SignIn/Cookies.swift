import Foundation
import HTTPTypes
import Hummingbird
import Identity

/// How the cookies are named and set: two for tokens or, without tokens, one for a session.
struct CookieSettings: Sendable {
    /// What the names of all our cookies begin with, behind what browsers demand.
    static let prefix = "sso_"

    /// The parent domain that both servers share; nil for this host only.
    let domain: String?
    /// Whether browsers may send them over https only.
    let isSecure: Bool
    /// How long they live, in seconds: as long as their tokens.
    let accessLife: Int
    let refreshLife: Int
    let accessName: String
    let refreshName: String
    let sessionName: String

    init(domain: String?, isSecure: Bool, accessLife: Int, refreshLife: Int) {
        self.domain = domain
        self.isSecure = isSecure
        self.accessLife = accessLife
        self.refreshLife = refreshLife
        // With `Secure`, the prefix lets browsers refuse a cookie that was not set so (RFC 6265bis section 4.1.3.1).
        let prefix = (isSecure ? "__Secure-" : "") + Self.prefix
        accessName = "\(prefix)access"
        refreshName = "\(prefix)refresh"
        sessionName = "\(prefix)session"
    }

    func setAccess(_ token: IssuedToken) -> HTTPField { setAccess(token.text, life: token.life) }

    func setRefresh(_ token: IssuedToken) -> HTTPField { setRefresh(token.text, life: token.life) }

    func setAccess(_ text: String, life: Int) -> HTTPField { field(accessName, text, life: life) }

    func setRefresh(_ text: String, life: Int) -> HTTPField { field(refreshName, text, life: life) }

    /// A session lives as long as a refresh token would.
    func setSession(_ text: String) -> HTTPField { field(sessionName, text, life: refreshLife) }

    /// Makes browsers forget the session.
    var clearSession: HTTPField { field(sessionName, "", life: 0) }

    /// Makes browsers forget both tokens.
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
    /// The value of a request's cookie. See ``cookies(_:_:)``.
    func cookie(_ name: String) throws(Problem) -> String? { try cookies(name, name).0 }

    /// The values of two of a request's cookies, in one pass over the header.
    ///
    /// It is read byte by byte, as browsers write it. To Swift, the Greek question mark is a `;`, and a cookie could be
    /// smuggled in the value of another.
    ///
    /// - Throws: ``Problem/ambiguousCredentials`` if one came with two different values: one may be an attacker's, set
    ///   from a sibling domain, and nobody can tell which.
    func cookies(_ first: String, _ second: String) throws(Problem) -> (String?, String?) {
        var found: (ArraySlice<UInt8>?, ArraySlice<UInt8>?)
        func look(_ pair: ArraySlice<UInt8>) throws(Problem) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return }
            let name = pair[..<equals].trimmingSpaces
            if name.elementsEqual(first.utf8) {
                try keep(pair[(equals + 1)...], &found.0)
            } else if name.elementsEqual(second.utf8) {
                try keep(pair[(equals + 1)...], &found.1)
            }
        }
        func keep(_ value: ArraySlice<UInt8>, _ kept: inout ArraySlice<UInt8>?) throws(Problem) {
            let value = value.trimmingSpaces
            guard kept == nil || kept == value else { throw .ambiguousCredentials }
            kept = value
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
        return (
            found.0.map { String(decoding: $0, as: UTF8.self) }, found.1.map { String(decoding: $0, as: UTF8.self) }
        )
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
