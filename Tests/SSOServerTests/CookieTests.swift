import HTTPTypes
import Testing

@testable import Identity
@testable import SSOServer

@Suite("Cookies and credentials")
struct CookieTests {
    private func cookies(domain: String? = nil, isSecure: Bool = false) -> CookieSettings {
        CookieSettings(domain: domain, isSecure: isSecure, accessLife: 900, refreshLife: 604_800)
    }

    private func headers(_ lines: String..., authorization: [String] = []) -> HTTPFields {
        var headers = HTTPFields()
        headers[values: .cookie] = lines
        headers[values: .authorization] = authorization
        return headers
    }

    @Test("Cookies are set as the contract says")
    func set() {
        let access = IssuedToken(text: "a.b.c", life: 900)
        let refresh = IssuedToken(text: "d.e.f", life: 604_800)
        #expect(cookies().setAccess(access).name == .setCookie)
        #expect(cookies().setAccess(access).value == "sso_access=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=900")
        #expect(
            cookies().setRefresh(refresh).value == "sso_refresh=d.e.f; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800")
    }

    @Test("Secure cookies have the prefix, shared ones the domain")
    func secure() {
        let cookies = cookies(domain: "sso.localhost", isSecure: true)
        #expect(cookies.accessName == "__Secure-sso_access")
        #expect(cookies.refreshName == "__Secure-sso_refresh")
        #expect(
            cookies.setAccess(IssuedToken(text: "a", life: 1)).value
                == "__Secure-sso_access=a; HttpOnly; SameSite=Lax; Path=/; Max-Age=1; Secure; Domain=sso.localhost")
    }

    @Test("A session's cookie has the attributes of the others, and the refresh token's life")
    func session() {
        #expect(
            cookies().setSession("a").value
                == "sso_session=a; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800")
        let secure = cookies(domain: "sso.localhost", isSecure: true)
        #expect(
            secure.setSession("a").value
                == "__Secure-sso_session=a; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800; Secure; Domain=sso.localhost"
        )
        #expect(
            secure.clearSession.value
                == "__Secure-sso_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Secure; Domain=sso.localhost")
    }

    @Test("Both are cleared with the attributes they were set with")
    func clear() {
        let cleared = cookies(domain: "sso.localhost").clear
        #expect(
            cleared.map(\.value) == [
                "sso_access=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Domain=sso.localhost",
                "sso_refresh=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0; Domain=sso.localhost",
            ])
        #expect(cleared.allSatisfy { $0.name == .setCookie })
    }

    @Test(
        "A cookie is found by its whole name",
        arguments: [
            ("sso_access=a", "a"), ("x=1; sso_access=a; y=2", "a"), ("x=1;sso_access=a;y=2", "a"), ("sso_access=", ""),
            ("sso_access = a ", "a"), ("  sso_access=a\t", "a"), ("sso_access=a=b==", "a=b=="),
            ("sso_access=\"a\"", "\"a\""),
            ("sso_access=a; sso_access=a", "a"), ("sso_accessx=1", nil), ("xsso_access=1", nil), ("SSO_ACCESS=1", nil),
            ("sso_access", nil), ("=sso_access", nil), ("x=sso_access=a", nil), ("__Secure-sso_access=a", nil),
            ("", nil),
            (";;;", nil), ("x=\"; sso_access=a\"", "a\""),
        ] as [(String, String?)])
    func found(line: String, value: String?) throws {
        #expect(try headers(line).cookie("sso_access") == value)
    }

    @Test(
        "Two different values are refused",
        arguments: [
            ["sso_access=a; sso_access=b"], ["sso_access=a; sso_access="], ["sso_access=a", "sso_access=b"],
            ["sso_access=a", "x=1; sso_access=A"], ["sso_access=a; sso_access=a; sso_access=b"],
            // Equal to Swift's ==, but not the same bytes.
            ["sso_access=K; sso_access=\u{212A}"], ["sso_access=\u{E9}; sso_access=e\u{301}"],
        ])
    func ambiguous(lines: [String]) {
        var headers = HTTPFields()
        headers[values: .cookie] = lines
        let problem = #expect(throws: Problem.self) { try headers.cookie("sso_access") }
        #expect(problem?.status == .badRequest)
        #expect(problem?.code == "ambiguous_credentials")
    }

    @Test("Delimiters are bytes: a combining mark behind one hides no cookie, and a lookalike makes none")
    func bytes() throws {
        #expect(try headers("x=1;\u{301}y=2; sso_access=a").cookie("sso_access") == "a")
        #expect(try headers("sso_access=\u{301}a").cookie("sso_access") == "\u{301}a")
        // The Greek question mark is canonically a semicolon.
        #expect(try headers("x=1\u{37E} sso_access=a").cookie("sso_access") == nil)
        #expect(throws: Problem.self) { try headers("sso_access=a; sso_access=\u{301}b").cookie("sso_access") }
    }

    // MARK: Credentials

    private func bearer(_ headers: HTTPFields) throws -> String? {
        guard case .bearer(let token) = try Credentials(headers, cookies()) else { return nil }
        return token
    }

    @Test(
        "A bearer token is read in any case of its scheme",
        arguments: [
            ("Bearer a.b.c", "a.b.c"), ("bearer a.b.c", "a.b.c"), ("BEARER a.b.c", "a.b.c"),
            ("Bearer   a.b.c ", "a.b.c"),
            ("Bearer a b", "a b"), ("Bearer ", ""), ("Bearer", ""), ("Basic YTpi", nil), ("Bearerx a", nil),
            ("a.b.c", nil),
            ("xBearer a", nil), ("Token a", nil),
        ] as [(String, String?)])
    func bearerTokens(header: String, token: String?) throws {
        #expect(try bearer(headers(authorization: [header])) == token)
    }

    @Test(
        "A bearer token wins: cookies are not looked at, not even ambiguous ones",
        arguments: ["Bearer x", "Bearer ", "Bearer"])
    func precedence(header: String) throws {
        let token = header == "Bearer x" ? "x" : ""
        #expect(try bearer(headers("sso_access=a; sso_refresh=b", authorization: [header])) == token)
        #expect(try bearer(headers("sso_access=a; sso_access=b", authorization: [header])) == token)
    }

    @Test("Another scheme leaves the cookies")
    func otherScheme() throws {
        let headers = headers("sso_access=a; sso_refresh=b", authorization: ["Basic YTpi"])
        guard case .cookies("a", "b") = try Credentials(headers, cookies()) else {
            Issue.record("not the cookies")
            return
        }
    }

    @Test("Cookies are read by the names in use, and either may be missing")
    func cookieNames() throws {
        let both = headers("sso_access=a; __Secure-sso_access=b; __Secure-sso_refresh=c")
        guard case .cookies("b", "c") = try Credentials(both, cookies(isSecure: true)),
            case .cookies("a", nil) = try Credentials(both, cookies()),
            case .cookies(nil, nil) = try Credentials(headers(), cookies())
        else {
            Issue.record("other cookies")
            return
        }
    }

    @Test("Two Authorization headers, and two values of one cookie, are refused")
    func ambiguousCredentials() {
        let requests = [
            headers(authorization: ["Bearer a", "Bearer b"]), headers(authorization: ["Bearer a", "Bearer a"]),
            headers(authorization: ["Basic a", "Bearer a"]), headers("sso_access=a; sso_access=b"),
            headers("sso_access=a; sso_refresh=a; sso_refresh=b"),
        ]
        for request in requests {
            let problem = #expect(throws: Problem.self) { try Credentials(request, cookies()) }
            #expect(problem?.code == "ambiguous_credentials")
        }
    }
}
