import HTTPTypes
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
