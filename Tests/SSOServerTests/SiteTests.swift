import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import SSOServer

@Suite("Where one may be sent, and who may post")
struct SiteTests {
    private static let own = "http://127.0.0.1:8081"
    private static let peer = "http://127.0.0.1:8082"

    private func site() throws -> Site { Site(own: try origin(Self.own), peer: try origin(Self.peer)) }

    @Test(
        "A path of this server is gone to",
        arguments: [
            "/", "/a", "/a/b?c=d&e=f#g", "/login?return_to=//x", "/?a=http://evil.example", "/%2F%2Fevil", "/.//a",
            "/a//b",
        ])
    func paths(text: String) throws {
        #expect(try site().returnTo(text) == text)
    }

    @Test(
        "An address of this server or of the peer is gone to",
        arguments: [own, own + "/", own + "/a?b#c", peer, peer + "/", peer + "/plan?x=1"])
    func origins(text: String) throws {
        #expect(try site().returnTo(text) == text)
    }

    @Test(
        "Anywhere else one is sent home",
        arguments: [
            "", "a", "a/b", "?a", "#a", "./a", "../a", "//evil.example", "///evil.example", "//", "/\\evil.example",
            "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/a\\b", "/\t/evil.example", "/\n/evil.example",
            "/\r\n/evil.example", "/\r\nSet-Cookie: a=b", "/a b", " /", "/ ", "\t/", "/\u{0}", "/\u{7F}", "/ä",
            "/\u{2028}",
            "https:evil.example", "http:evil.example", "https:/evil.example", "http:///evil.example",
            "https://evil.example",
            "http://evil.example/", "HTTP://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
            "data:text/html,x", "vbscript:x", "blob:x", "file:///etc/passwd", "mailto:a@b", "//127.0.0.1:8081",
            "//127.0.0.1:8082/",
            own + "@evil.example", own + ".evil.example", own + ":80", own + "0", own + "?a", own + "#a",
            own + "\\@evil.example",
            peer + "@evil.example/", peer + ".evil.example", peer + "1/", "http://127.0.0.1", "http://127.0.0.1/",
            "https://127.0.0.1:8081/", "http://127.0.0.1:8083/", "http://localhost:8081/",
            "http://user@127.0.0.1:8081/",
            "http://127.0.0.1:8081\t/", "http://127.0.0.1:8081\n", "ttp://127.0.0.1:8081/", " " + own, "／／evil.example",
        ])
    func elsewhere(text: String) throws {
        #expect(try site().returnTo(text) == "/")
    }

    @Test("Without a text, or with a very long one, one is sent home")
    func missingAndLong() throws {
        #expect(try site().returnTo(nil) == "/")
        let longest = "/" + String(repeating: "a", count: 2_047)
        #expect(try site().returnTo(longest) == longest)
        #expect(try site().returnTo(longest + "a") == "/")
    }

    @Test("Default ports are read as browsers write them")
    func defaultPorts() throws {
        let site = Site(
            own: try origin("https://bank.example.com:443"), peer: try origin("https://retirement.example.com"))
        #expect(site.returnTo("https://retirement.example.com/plan") == "https://retirement.example.com/plan")
        #expect(site.returnTo("https://bank.example.com/") == "https://bank.example.com/")
        #expect(site.returnTo("https://retirement.example.com.evil.example/") == "/")
        #expect(site.returnTo("http://retirement.example.com/plan") == "/")
    }

    @Test("The origin it listens on is taken where none was given, and only once")
    func listens() throws {
        let unknown = Site(own: nil, peer: try origin(Self.peer))
        #expect(unknown.returnTo(Self.own + "/") == "/")
        unknown.listens(on: try origin(Self.own))
        #expect(unknown.returnTo(Self.own + "/") == Self.own + "/")
        unknown.listens(on: try origin("http://other"))
        #expect(try unknown.own == origin(Self.own))
        let known = Site(own: try origin("https://bank.example.com"), peer: try origin(Self.peer))
        known.listens(on: try origin(Self.own))
        #expect(try known.own == origin("https://bank.example.com"))
    }

    /// Whether a request with these headers may post here.
    private func mayPost(fetchSites: [String] = [], origins: [String] = [], cookie: String? = nil) throws -> Bool {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        headers[values: .secFetchSite] = fetchSites
        headers[values: .origin] = origins
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "127.0.0.1:8081", path: "/login", headerFields: headers)
        do {
            try site().requireOwnPage(Request(head: head, body: .init(buffer: ByteBuffer())))
            return true
        } catch let problem as Problem {
            #expect(problem.status == .forbidden)
            #expect(problem.code == "cross_site_request")
            return false
        }
    }

    @Test("Pages of this server and of the peer may post here, and what is no browser")
    func ownPages() throws {
        #expect(try mayPost())
        #expect(try mayPost(fetchSites: ["same-origin"]))
        #expect(try mayPost(fetchSites: ["none"], origins: [Self.own]))
        #expect(try mayPost(fetchSites: ["same-origin"], origins: [Self.own]))
        #expect(try mayPost(fetchSites: ["same-site"], origins: [Self.peer]))
        #expect(try mayPost(fetchSites: ["cross-site"], origins: [Self.peer]))
        #expect(try mayPost(origins: [Self.own]))
        #expect(try mayPost(origins: [Self.peer]))
    }

    @Test("Pages from anywhere else may not, siblings and other ports included")
    func otherPages() throws {
        for site in ["cross-site", "same-site", "", "Same-Origin", "same-origin, same-origin", "none;"] {
            #expect(try !mayPost(fetchSites: [site]), "\(site)")
        }
        for other in [
            "null", "", "http://evil.example", "https://127.0.0.1:8081", "http://127.0.0.1", "http://127.0.0.1:8083",
        ] {
            #expect(try !mayPost(origins: [other]), "\(other)")
            #expect(try !mayPost(fetchSites: ["cross-site"], origins: [other]), "\(other)")
        }
        #expect(try !mayPost(fetchSites: ["none"]))
        #expect(try !mayPost(fetchSites: ["none"], origins: ["null"]))
        #expect(try !mayPost(fetchSites: ["same-origin", "cross-site"]))
        #expect(try !mayPost(origins: [Self.own, "http://evil.example"]))
    }

    @Test(
        "What brings our cookies has to say where it comes from",
        arguments: [
            "sso_access=x", "sso_refresh=x", "sso_session=x", "a=b; sso_access=x", "__Secure-sso_refresh=x",
            "a=b;sso_access", "\t sso_access = x",
        ])
    func cookiesWithoutOrigin(cookie: String) throws {
        #expect(try !mayPost(cookie: cookie))
        #expect(try !mayPost(fetchSites: ["none"], cookie: cookie))
        #expect(try mayPost(origins: [Self.own], cookie: cookie))
        #expect(try mayPost(fetchSites: ["same-origin"], cookie: cookie))
    }

    @Test("Other cookies are none of ours", arguments: ["a=b", "session=x", "AWSALB=sso", ""])
    func otherCookies(cookie: String) throws {
        #expect(try mayPost(cookie: cookie))
    }
}
