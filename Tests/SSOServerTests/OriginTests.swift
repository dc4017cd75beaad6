import Testing

@testable import SSOServer

@Suite("Origins")
struct OriginTests {
    @Test(
        "An origin is a scheme, a host and a port",
        arguments: [
            ("http://127.0.0.1:8081", "http", "127.0.0.1", 8081), ("http://127.0.0.1:8081/", "http", "127.0.0.1", 8081),
            ("http://localhost", "http", "localhost", 80), ("https://localhost", "https", "localhost", 443),
            ("https://bank.example.com/", "https", "bank.example.com", 443),
            ("https://bank.example.com:8443", "https", "bank.example.com", 8443),
            ("HTTPS://Bank.Example.COM", "https", "bank.example.com", 443), ("http://a:80", "http", "a", 80),
            ("http://a:1", "http", "a", 1), ("http://a:65535", "http", "a", 65_535),
            ("http://[::1]", "http", "[::1]", 80),
            ("http://[::1]:8081/", "http", "[::1]", 8081), ("http://[2001:DB8::A]:1", "http", "[2001:db8::a]", 1),
            ("http://xn--bcher-kva.example", "http", "xn--bcher-kva.example", 80),
            ("http://a-b.c1", "http", "a-b.c1", 80),
        ])
    func good(text: String, scheme: String, host: String, port: Int) throws {
        let origin = try #require(Origin(text))
        #expect(origin == Origin(scheme: scheme, host: host, port: port))
        #expect(origin.scheme == scheme)
        #expect(origin.host == host)
        #expect(origin.port == port)
        #expect(origin.isSecure == (scheme == "https"))
        #expect(Origin(origin.description) == origin)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "null", "http", "http:", "http:/", "http://", "http:///", "https://", "//a", "a", "a.example", "a:80",
            "ftp://a", "ws://a", "file:///a", "javascript:alert(1)", "https:a", "https:/a", "http:\\\\a", "http://a\\",
            "http://a/b", "http://a//", "http://a?", "http://a?b", "http://a#", "http://a#b", "http://a;b",
            "http://a b",
            " http://a", "http://a ", "http://a\n", "http://a\r\n", "http://\ta", "http://a\u{0}", "http://user@a",
            "http://user:pass@a", "http://a@b", "http://a:", "http://a:0", "http://a:65536",
            "http://a:99999999999999999999",
            "http://a:-1", "http://a:+80", "http://a:8x", "http://a: 80", "http://a:80:80", "http://a:٨٠", "http://:80",
            "http://.", "http://a..b", "http://.a", "http://a.", "http://-a", "http://a-", "http://a_b", "http://a%2eb",
            "http://*", "http://*.a", "http://[::1", "http://::1", "http://[::1]a", "http://[::1]:", "http://[g::1]",
            "http://a[::1]", "http://ä.example", "http://a，b", "http://a。b",
            "http://\(String(repeating: "a", count: 64))",
            "http://a,http://b", "http://a http://b",
        ])
    func bad(text: String) {
        #expect(Origin(text) == nil)
    }

    @Test("Brackets without an address are no host", arguments: ["http://[]", "http://[]:80", "http://[", "http://]"])
    func emptyBrackets(text: String) {
        #expect(Origin(text) == nil)
    }

    /// In lower case, the Kelvin sign is an ASCII k.
    @Test("A host that only looks like ASCII is none", arguments: ["http://ban\u{212A}.example", "http\u{17F}://a"])
    func lookalikes(text: String) {
        #expect(Origin(text) == nil)
    }

    @Test(
        "It is written as browsers do, without the scheme's own port",
        arguments: [
            ("http://a:80", "http://a"), ("https://a:443", "https://a"), ("http://a:443", "http://a:443"),
            ("https://a:80", "https://a:80"), ("http://A:8081/", "http://a:8081"), ("http://[::1]:80", "http://[::1]"),
        ])
    func description(text: String, written: String) throws {
        #expect(try origin(text).description == written)
    }

    @Test("Two are the same if scheme, host and port are")
    func equality() throws {
        #expect(try origin("http://a") == origin("http://A:80/"))
        for other in ["https://a", "http://a:81", "http://b", "http://a.b", "http://127.0.0.1"] {
            #expect(try origin("http://a") != origin(other))
        }
    }

    @Test(
        "A server that listens everywhere is reached on its own machine",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:8081"), ("0.0.0.0", "http://127.0.0.1:8081"),
            ("::", "http://127.0.0.1:8081"),
            ("::1", "http://[::1]:8081"), ("LocalHost", "http://localhost:8081"), ("10.0.0.1", "http://10.0.0.1:8081"),
        ])
    func listening(host: String, written: String) {
        #expect(Origin.listening(host: host, port: 8081).description == written)
    }
}
