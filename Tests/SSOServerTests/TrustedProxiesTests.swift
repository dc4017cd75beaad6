import HTTPTypes
import NIOCore
import Testing

@testable import SSOServer

@Suite("Who sent a request, behind proxies")
struct TrustedProxiesTests {
    private func ranges(_ texts: [String]) throws -> [AddressRange] {
        try texts.map { try #require(AddressRange($0)) }
    }

    private func client(
        _ lines: [(HTTPField.Name, String)], from peer: String = "10.0.0.1", form: TrustedProxies.Form = .xForwardedFor,
        trusted: [String] = ["10.0.0.0/8", "fd00::/8"]
    ) throws -> TrustedProxies.Client? {
        var fields = HTTPFields()
        for (name, value) in lines { fields.append(HTTPField(name: name, value: value)) }
        return try TrustedProxies(ranges(trusted), form: form)
            .client(of: fields, peer: SocketAddress(ipAddress: peer, port: 4711))
    }

    /// The client that a chain of `X-Forwarded-For` lines gives.
    private func client(chain lines: String...) throws -> String? {
        try client(lines.map { (.xForwardedFor, $0) })?.address.text
    }

    /// The client that a chain of `Forwarded` lines gives.
    private func client(forwarded lines: String...) throws -> String? {
        try client(lines.map { (.forwarded, $0) }, form: .forwarded)?.address.text
    }

    @Test(
        "Nobody but a proxy is believed",
        arguments: ["192.0.2.1", "11.0.0.1", "127.0.0.1", "fe80::1", "::1", "::ffff:11.0.0.1"])
    func stranger(_ peer: String) throws {
        let lines: [(HTTPField.Name, String)] = [
            (.xForwardedFor, "198.51.100.1"), (.xForwardedProto, "https"), (.forwarded, "for=198.51.100.1"),
        ]
        for form in TrustedProxies.Form.allCases { #expect(try client(lines, from: peer, form: form) == nil) }
    }

    @Test("Where no proxy is named, nobody is believed")
    func none() throws {
        #expect(try client([(.xForwardedFor, "198.51.100.1")], trusted: []) == nil)
    }

    @Test("A proxy is believed, however its address is written", arguments: ["10.0.0.1", "::ffff:10.9.9.9", "fd12::1"])
    func proxy(_ peer: String) throws {
        #expect(try client([(.xForwardedFor, "198.51.100.1")], from: peer)?.address.text == "198.51.100.1")
    }

    @Test("Of a chain the right-most address counts that is no proxy's: what stands left of it the client wrote")
    func chain() throws {
        #expect(try client(chain: "198.51.100.7") == "198.51.100.7")
        #expect(try client(chain: "1.1.1.1, 198.51.100.7") == "198.51.100.7")
        #expect(try client(chain: "1.1.1.1, 10.0.0.9, 198.51.100.7") == "198.51.100.7")
        #expect(try client(chain: "1.1.1.1,198.51.100.7,10.0.0.9\t,  fd00::5") == "198.51.100.7")
        // All are proxies: the first of them has sent it by itself.
        #expect(try client(chain: "10.0.0.3, 10.0.0.2") == "10.0.0.3")
    }

    @Test("Several lines are one list, in their order")
    func lines() throws {
        #expect(try client(chain: "1.1.1.1", "198.51.100.7") == "198.51.100.7")
        #expect(try client(chain: "198.51.100.7", "10.0.0.2") == "198.51.100.7")
        #expect(try client(chain: "1.1.1.1, 2.2.2.2", "198.51.100.7, 10.0.0.2", "10.0.0.3") == "198.51.100.7")
    }

    @Test("Ports and brackets are borne, and an IPv6 address is written in one way")
    func forms() throws {
        #expect(try client(chain: "198.51.100.7:4711") == "198.51.100.7")
        #expect(try client(chain: "2001:DB8:0:0::1") == "2001:db8::1")
        #expect(try client(chain: "[2001:db8::1]") == "2001:db8::1")
        #expect(try client(chain: "[2001:db8::1]:4711") == "2001:db8::1")
        #expect(try client(chain: "::ffff:198.51.100.7") == "198.51.100.7")
        // A proxy's own address in disguise is the proxy's.
        #expect(try client(chain: "198.51.100.7, ::ffff:10.0.0.2") == "198.51.100.7")
    }

    @Test(
        "What is no address is nobody's, so the request is the proxy's that says it",
        arguments: [
            "", " ", "unknown", "_hidden", "localhost", "198.51.100", "198.51.100.256", "0198.51.100.7",
            "198.51.100.7/32",
            "198.51.100.7:", "198.51.100.7:4 2", "[198.51.100.7]", "[2001:db8::1", "2001:db8::1]:80", "[2001:db8::1]80",
            "fe80::1%eth0", "1.1.1.1 198.51.100.7", "198.51.100.7;", "\"198.51.100.7\"", "１98.51.100.7", "0x7f000001",
        ])
    func junk(_ text: String) throws {
        #expect(try client(chain: text) == "10.0.0.1")
        #expect(try client(chain: "198.51.100.1, \(text), 10.0.0.5") == "10.0.0.5")
    }

    @Test("Without the header, the request is the proxy's own")
    func missing() throws {
        #expect(try client([]) == TrustedProxies.Client(address: #require(Address("10.0.0.1")), isSecure: nil))
    }

    @Test("Only the header that proxies write is read: the other one they pass on as the client has sent it")
    func other() throws {
        let both: [(HTTPField.Name, String)] = [(.forwarded, "for=1.1.1.1"), (.xForwardedFor, "2.2.2.2")]
        #expect(try client(both)?.address.text == "2.2.2.2")
        #expect(try client(both, form: .forwarded)?.address.text == "1.1.1.1")
        #expect(try client([both[0]])?.address.text == "10.0.0.1")
        #expect(try client([both[1]], form: .forwarded)?.address.text == "10.0.0.1")
    }

    @Test("Forwarded is read as RFC 7239 says")
    func forwarded() throws {
        #expect(try client(forwarded: "for=198.51.100.7") == "198.51.100.7")
        #expect(try client(forwarded: "For=\"198.51.100.7:80\";by=203.0.113.43;proto=http") == "198.51.100.7")
        #expect(try client(forwarded: "for=\"[2001:DB8:cafe::17]:4711\"") == "2001:db8:cafe::17")
        #expect(try client(forwarded: "for=\"[2001:db8::1]:_port\"") == "2001:db8::1")
        #expect(try client(forwarded: "proto=https ; for=\"198.51.\\100.7\" , for=10.0.0.4,") == "198.51.100.7")
        #expect(try client(forwarded: "for=1.1.1.1, for=198.51.100.7", "for=10.0.0.2") == "198.51.100.7")
        #expect(try client(forwarded: ";;for=198.51.100.7; ,, ;") == "198.51.100.7")
        #expect(try client(forwarded: "for=unknown") == "10.0.0.1")
        #expect(try client(forwarded: "for=1.1.1.1, for=_gazonk, for=10.0.0.4") == "10.0.0.4")
        #expect(try client(forwarded: "by=1.1.1.1") == "10.0.0.1")
    }

    @Test(
        "A Forwarded line that is malformed anywhere says nothing",
        arguments: [
            "for=\"1.1.1.1, for=198.51.100.7", "for=\"1.1.1.1\\", "for=1.1.1.1;for=198.51.100.7", "for",
            "=198.51.100.7",
            "for= 198.51.100.7", "for=198.51.100.7 x", "for=\"198.51.100.7\"x", "for=2001:db8::1",
            "\u{0}for=198.51.100.7",
        ])
    func malformed(_ line: String) throws {
        #expect(ForwardedHop.list(line) == nil)
    }

    @Test("A quoted string that a client begins does not swallow what the proxy adds to the line")
    func openQuote() throws {
        for start in ["for=\"", "for=\"1.1.1.1\\", "for=1.1.1.1;x=\"", "for=\"1.1.1.1, for="] {
            #expect(try client(forwarded: "\(start), for=198.51.100.7") == "10.0.0.1")
            #expect(try client(forwarded: "\(start), for=\"[2001:db8::7]\"") == "10.0.0.1")
            // A line of its own, as it should be.
            #expect(try client(forwarded: start, "for=198.51.100.7") == "198.51.100.7")
        }
    }

    @Test("The scheme is what the proxy next to us says last, if that is one of two words")
    func scheme() throws {
        func isSecure(_ values: String...) throws -> Bool? {
            try client(values.map { (.xForwardedProto, $0) })?.isSecure
        }
        #expect(try isSecure("https") == true && isSecure("HTTP") == false)
        #expect(try isSecure("http", "https") == true && isSecure("https, http") == false)
        for junk in ["", "on", "wss", "https;", "https,"] { #expect(try isSecure(junk) == nil) }
        func forwarded(_ line: String) throws -> Bool? { try client([(.forwarded, line)], form: .forwarded)?.isSecure }
        #expect(try forwarded("for=1.1.1.1;proto=http, for=198.51.100.7;proto=https") == true)
        #expect(try forwarded("for=198.51.100.7;proto=http, for=10.0.0.2;proto=https") == false)
        #expect(try forwarded("for=198.51.100.7") == nil)
    }

    @Test(
        "A range is an address with a prefix, or one address",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("192.0.2.128/25", "192.0.2.128", "192.0.2.127"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.0"), ("fd00::/8", "fdff::1", "fe00::"),
            ("2001:db8:0:8000::/49", "2001:db8:0:ffff::", "2001:db8:0:7fff:ffff::"), ("::1", "::1", "::"),
            ("0.0.0.0/1", "127.0.0.1", "128.0.0.1"), ("::/1", "7fff::", "127.0.0.1"),
        ])
    func range(_ text: String, _ inside: String, _ outside: String) throws {
        let range = try #require(AddressRange(text))
        #expect(try range.contains(#require(Address(inside))) && !range.contains(#require(Address(outside))))
    }

    @Test(
        "What is no range, or everybody, or has bits after its prefix is refused at the start",
        arguments: [
            "", "a", "10.0.0.0/", "10.0.0.0/0", "::/0", "10.0.0.0/33", "::/129", "10.0.0.1/8", "fd00::1/64",
            "10.0.0.0/+8",
            "10.0.0.0/8/8", "10/8", "10.0.0.0/8,", " 10.0.0.0/8", "[::1]", "fe80::1%eth0",
        ])
    func noRange(_ text: String) throws {
        #expect(throws: StartupError.self) { try settings(["--trusted-proxies", text]) }
    }

    @Test("The flag and the variable take lists")
    func setting() throws {
        let both = try settings(["--trusted-proxies", "10.0.0.0/8,::1", "--forwarded-header", "forwarded"])
        let fields: HTTPFields = [.forwarded: "for=198.51.100.7"]
        #expect(try both.proxies.client(of: fields, peer: SocketAddress(ipAddress: "::1", port: 1)) != nil)
        #expect(try settings([]).proxies.client(of: fields, peer: SocketAddress(ipAddress: "::1", port: 1)) == nil)
        let variable = try settings([], ["SSO_TRUSTED_PROXIES": "::1"])
        #expect(try variable.proxies.proxy(SocketAddress(ipAddress: "::1", port: 1)) != nil)
    }
}
