import Testing

@testable import SSOServer

@Suite("Wrong settings")
struct SettingErrorTests {
    private static let wrongValues: [(String, [String])] = [
        ("host", ["a\nb", "a\u{0}"]),
        (
            "port",
            ["-1", "65536", "+80", "80 ", " 80", "8x", "0x50", "1e3", "80.0", "٨٠", "99999999999999999999", "http"]
        ),
        ("keys", ["a\nb"]),
        ("database", ["a\tb"]),
        ("access-ttl", ["0", "-1", "86401", "1.5", "15m", "+9", "9 "]),
        ("refresh-ttl", ["0", "-1", "31536001", "1.5", "7d", "99999999999999999999"]),
        ("audience", ["a\r\nb", "\u{1B}[31m"]),
        ("public-url", ["bank", "http://", "ftp://a", "http://a/b", "http://a b", "https://a:0", "http://a?b"]),
        ("peer-url", ["bank", "http://", "ftp://a", "http://a/b", "http://user@a", "null"]),
        (
            "cookie-domain",
            ["localhost", "sso", ".sso.localhost", "sso.localhost.", "a..b", "127.0.0.1", "a_b.c", "a b.c", "com"]
        ),
        ("cookie-secure", ["Always", "yes", "true", "1", "on", "auto "]),
        ("scrypt", ["15", "15,8", "15,8,3,1", "0,8,3", "15;8;3", "15, 8, 3", "+15,8,3", "a", "16,1,1"]),
        ("server-timing", ["On", "true", "1", "yes", "off "]),
        ("log-level", ["Info", "warn", "verbose", "0", "none"]),
        ("auth", ["Sessions", "token", "session", "none", "cookies", "tokens "]),
        ("session-store", ["Local", "memory", "database", "local,shared", "shared "]),
        (
            "smtp-url",
            [
                "mail", "smtp://", "http://mail", "smtp://mail/x", "smtp://user:pass@mail", "smtp://mail:0",
                "smtp://a b", "smtp://mail?x", "smtp:mail", "ſmtp://mail",
            ]
        ),
        ("smtp-tls", ["Required", "yes", "none", "optional "]),
        ("smtp-credentials", ["a\nb"]),
        ("smtp-ca", ["a\u{0}b"]),
        ("mail-from", ["sso", "@", "a@b@c", "Bank <sso@b>", "sso@b\r\nBcc: c@d", "söö@b", "sso@b, c@d"]),
        ("outbox", ["a\nb"]),
        ("log-format", ["JSON", "xml", "logfmt", "Text"]),
        ("attempt-limits", ["On", "none", "0", "off "]),
        (
            "attempts-per-account",
            ["10", "10,", ",30", "0,30", "10,0", "10001,1", "1,3601", "+1,1", "1;1", "1,1,1", "a,b"]
        ),
        ("attempts-per-address", ["100", "-1,1", "1, 1", "1.5,1"]),
        ("max-connections", ["0", "-1", "1000001", "many"]),
        ("max-connections-per-address", ["0", "1.5", "+1"]),
        ("request-timeout", ["0", "3601", "10s"]),
        ("idle-timeout", ["0", "86401", "60 "]),
    ]

    private static let cases = wrongValues.flatMap { flag, values in values.map { (flag, $0) } }

    @Test("A wrong flag exits 64 and is named; a wrong variable exits 78 and is named", arguments: cases)
    func wrong(flag: String, value: String) throws {
        let keys = flag == "keys" ? nil : "keys.json"
        let variable = "SSO_" + flag.uppercased().replacing("-", with: "_")
        let byFlag = try #require(try refusal(["--\(flag)=\(value)"], keys: keys))
        #expect(byFlag.code == .usage)
        #expect(byFlag.code.rawValue == 64)
        #expect(byFlag.cause.contains("--\(flag) "))
        let byVariable = try #require(try refusal([], [variable: value], keys: keys))
        #expect(byVariable.code == .configuration)
        #expect(byVariable.code.rawValue == 78)
        #expect(byVariable.cause.contains("\(variable) "))
        for error in [byFlag, byVariable] {
            #expect(error.cause.first?.isLowercase == true)
            #expect(error.cause.utf8.allSatisfy { $0 >= 0x20 })
            #expect(error.hint == "see 'bank --help'")
        }
    }

    @Test("An empty flag is wrong, unlike an empty variable", arguments: wrongValues.map(\.0))
    func emptyFlag(flag: String) throws {
        let error = try #require(try refusal(["--\(flag)", ""], keys: flag == "keys" ? nil : "keys.json"))
        #expect(error.code == .usage)
    }

    @Test(
        "A text with any control character is wrong",
        arguments: [0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1F, 0x7F, 0x85] as [UInt32])
    func controlCharacters(code: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(code))
        #expect(try refusal(["--audience=a\(Character(scalar))b"])?.code == .usage)
    }

    @Test(
        "A cookie domain that is not the public URL's host or a parent of it is wrong",
        arguments: [
            "other.localhost", "o.localhost", "retirement.sso.localhost", "a.bank.sso.localhost", "so.localhost",
        ])
    func foreignCookieDomain(domain: String) throws {
        let error = try refusal(["--public-url", "http://bank.sso.localhost", "--cookie-domain", domain])
        #expect(error?.code == .usage)
        #expect(error?.cause.contains("--cookie-domain") == true)
    }

    @Test("A single label and an address are no cookie domain, even where they are the host")
    func hostsThatAreNoDomain() throws {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let error = try refusal(["--public-url", "http://\(host):8081", "--cookie-domain", host])
            #expect(error?.cause.contains("is not a domain of two labels or more") == true, "\(host)")
        }
    }

    @Test("Of several wrong settings the first is told")
    func first() throws {
        let error = try refusal(["--log-format", "xml"], ["SSO_PORT": "x"])
        #expect(error?.code == .configuration)
        #expect(error?.cause.contains("SSO_PORT") == true)
    }
}
