/// What can become of a cookie on its way from one server to the other. The lesson `cookies` measures each with
/// libcurl; what a browser was seen to do stands here.
public enum CookieCase: String, CaseIterable, Sendable {
    /// The other server is on another port of the same host.
    case otherPort = "other-port"
    /// The other server is called by another name of the same machine.
    case otherName = "other-name"
    /// The other server is a sibling subdomain, and the cookie has no `Domain`.
    case siblingWithoutDomain = "sibling-without-domain"
    /// The other server is a sibling subdomain, and `Domain` is the parent of both.
    case siblingWithDomain = "sibling-with-domain"
    /// `Secure` and the name `__Secure-…`, over http, on the same host.
    case secureOnOneHost = "secure-on-one-host"
    /// The same, with a `Domain`, on sibling subdomains of `localhost`.
    case secureOnSiblings = "secure-on-siblings"
    /// `SameSite=Lax`, and another site makes the browser post.
    case otherSitePosts = "other-site-posts"

    /// What became of it.
    public enum Fate: String, Sendable {
        /// It was kept, and sent to the other server.
        case sent
        /// It was kept, and not sent.
        case notSent = "not sent"
        /// It was not kept.
        case dropped
    }

    /// What is tried.
    public var title: String {
        switch self {
        case .otherPort: "another port of the same host"
        case .otherName: "localhost instead of 127.0.0.1"
        case .siblingWithoutDomain: "bank.sso.localhost to retirement.sso.localhost, no Domain"
        case .siblingWithDomain: "the same, with Domain=sso.localhost"
        case .secureOnOneHost: "Secure, over http, on one host of this machine"
        case .secureOnSiblings: "Secure, over http, with Domain=sso.localhost"
        case .otherSitePosts: "SameSite=Lax, and a form on another site posts"
        }
    }

    /// What Chromium 156 was seen to do on Linux: a browser's column to compare libcurl's with.
    public var inChromium: Fate {
        switch self {
        case .otherPort, .siblingWithDomain, .secureOnOneHost, .secureOnSiblings: .sent
        case .otherName, .siblingWithoutDomain, .otherSitePosts: .notSent
        }
    }
}
