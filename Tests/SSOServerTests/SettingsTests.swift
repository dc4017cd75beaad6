import Identity
import Logging
import Testing

@testable import SSOServer

@Suite("Settings")
struct SettingsTests {
    @Test("The defaults are the contract's")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8081)
        #expect(settings.database == "sqlite:.data/sso.sqlite")
        #expect(settings.accessTTL == 900)
        #expect(settings.refreshTTL == 604_800)
        #expect(settings.audience == "sso")
        #expect(settings.publicURL?.description == "http://127.0.0.1:8081")
        #expect(settings.peerURL.description == "http://127.0.0.1:8082")
        #expect(settings.cookies.domain == nil)
        #expect(settings.cookies.isSecure == false)
        #expect(settings.cookies.accessLife == 900)
        #expect(settings.cookies.refreshLife == 604_800)
        #expect(settings.scrypt.description == "15,8,3")
        #expect(settings.serverTiming)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.auth == .tokens)
    }

    @Test("The other server's defaults are the other's")
    func otherServer() throws {
        var retirement = bank
        retirement.name = "retirement"
        retirement.port = 8082
        retirement.peer = .init(name: "bank", title: "Bank", port: 8081)
        let settings = try settings(of: retirement)
        #expect(settings.port == 8082)
        #expect(settings.publicURL?.description == "http://127.0.0.1:8082")
        #expect(settings.peerURL.description == "http://127.0.0.1:8081")
    }

    /// A setting: its flag, its variable, two good values other than the default, and how to read it.
    struct Case: Sendable, CustomTestStringConvertible {
        let flag: String
        let variable: String
        let values: (String, String)
        let read: @Sendable (Settings) -> String

        var testDescription: String { flag }
    }

    private static let cases = [
        Case(flag: "--host", variable: "SSO_HOST", values: ("10.0.0.1", "::1")) { $0.host },
        Case(flag: "--port", variable: "SSO_PORT", values: ("1", "65535")) { "\($0.port)" },
        Case(flag: "--database", variable: "SSO_DATABASE", values: ("sqlite:a", "sqlite:b")) { $0.database },
        Case(flag: "--database-pool", variable: "SSO_DATABASE_POOL", values: ("1", "1000")) { "\($0.databasePool)" },
        Case(flag: "--access-ttl", variable: "SSO_ACCESS_TTL", values: ("1", "86400")) { "\($0.accessTTL)" },
        Case(flag: "--refresh-ttl", variable: "SSO_REFRESH_TTL", values: ("1", "31536000")) { "\($0.refreshTTL)" },
        Case(flag: "--audience", variable: "SSO_AUDIENCE", values: ("a", "cluster é")) { $0.audience },
        Case(flag: "--public-url", variable: "SSO_PUBLIC_URL", values: ("https://a.b", "http://b:1")) {
            $0.publicURL?.description ?? "none"
        },
        Case(flag: "--peer-url", variable: "SSO_PEER_URL", values: ("https://a.b", "http://b:1")) {
            $0.peerURL.description
        },
        Case(flag: "--cookie-secure", variable: "SSO_COOKIE_SECURE", values: ("always", "never")) {
            $0.cookies.isSecure ? "always" : "never"
        },
        Case(flag: "--scrypt", variable: "SSO_SCRYPT", values: ("1,1,1", "16,8,1")) { $0.scrypt.description },
        Case(flag: "--server-timing", variable: "SSO_SERVER_TIMING", values: ("off", "on")) {
            $0.serverTiming ? "on" : "off"
        },
        Case(flag: "--mail-from", variable: "SSO_MAIL_FROM", values: ("a@b", "bank@example.com")) {
            $0.mail.sender.text
        },
        Case(flag: "--outbox", variable: "SSO_OUTBOX", values: ("a", "/b/c")) { $0.mail.outbox },
        Case(flag: "--smtp-url", variable: "SSO_SMTP_URL", values: ("smtp://a:1", "smtp://b:2")) {
            $0.mail.relay.map { "smtp://\($0.host):\($0.port)" } ?? "none"
        },
        Case(flag: "--log-level", variable: "SSO_LOG_LEVEL", values: ("trace", "critical")) { $0.logLevel.rawValue },
        Case(flag: "--log-format", variable: "SSO_LOG_FORMAT", values: ("json", "text")) { $0.logFormat.rawValue },
    ]

    @Test("A flag wins over its variable, a variable over the default, and an empty variable is none", arguments: cases)
    func precedence(setting: Case) throws {
        let (one, two) = setting.values
        let fallback = setting.read(try settings())
        #expect(setting.read(try settings([setting.flag, one])) == one)
        #expect(setting.read(try settings([setting.flag, two])) == two)
        #expect(setting.read(try settings([], [setting.variable: one])) == one)
        #expect(setting.read(try settings([setting.flag, two], [setting.variable: one])) == two)
        #expect(setting.read(try settings([setting.flag, one], [setting.variable: two])) == one)
        #expect(setting.read(try settings([], [setting.variable: ""])) == fallback)
    }

    @Test("A wrong variable does not matter where a flag wins", arguments: cases)
    func wrongVariableBelowFlag(setting: Case) throws {
        #expect(
            setting.read(try settings([setting.flag, setting.values.0], [setting.variable: "\n"])) == setting.values.0)
    }

    @Test("With sessions, they are kept in memory unless told otherwise; with tokens, that does not matter")
    func auth() throws {
        let sessions = ["--auth", "sessions"]
        #expect(try settings(sessions).auth == .sessions(.local))
        #expect(try settings(sessions + ["--session-store", "local"]).auth == .sessions(.local))
        #expect(try settings(sessions + ["--session-store", "shared"]).auth == .sessions(.shared))
        #expect(try settings(["--session-store", "shared"]).auth == .tokens)
        let variables = ["SSO_AUTH": "sessions", "SSO_SESSION_STORE": "shared"]
        #expect(try settings([], variables).auth == .sessions(.shared))
        #expect(try settings(["--session-store", "local"], variables).auth == .sessions(.local))
        #expect(try settings(["--auth", "tokens"], variables).auth == .tokens)
        #expect(try settings([], ["SSO_AUTH": "", "SSO_SESSION_STORE": ""]).auth == .tokens)
    }

    @Test("A server that keeps sessions has no lab")
    func labWithSessions() throws {
        let error = try refusal(["--lab", "--auth", "sessions"])
        #expect(error?.code == .configuration)
        #expect(error?.cause.contains("--auth sessions") == true)
        #expect(try settings(["--lab", "--auth", "tokens", "--session-store", "shared"]).lab)
    }

    @Test("The key file is required, by flag or by variable")
    func keys() throws {
        #expect(try settings(keys: "a.json").keys == "a.json")
        #expect(try settings([], ["SSO_KEYS": "b.json"], keys: nil).keys == "b.json")
        #expect(try settings([], ["SSO_KEYS": "b.json"], keys: "a.json").keys == "a.json")
        for environment in [[:], ["SSO_KEYS": ""]] {
            let error = try refusal([], environment, keys: nil)
            #expect(error?.code == .configuration)
            #expect(error?.cause == "no key file was named")
            #expect(error?.hint.contains("sso keys new") == true)
        }
        #expect(try refusal(keys: "")?.code == .usage)
    }

    @Test("The public URL follows host and port, and is open until a free port is known")
    func publicURL() throws {
        #expect(try settings(["--port", "9000"]).publicURL?.description == "http://127.0.0.1:9000")
        #expect(try settings(["--host", "0.0.0.0"]).publicURL?.description == "http://127.0.0.1:8081")
        #expect(try settings(["--host", "::1"]).publicURL?.description == "http://[::1]:8081")
        #expect(try settings(["--port", "0"]).publicURL == nil)
        #expect(try settings(["--port", "0", "--public-url", "https://a.b"]).publicURL?.description == "https://a.b")
    }

    @Test("Cookies are secure by the public URL's scheme, unless told otherwise")
    func cookieSecure() throws {
        let https = ["--public-url", "https://bank.example.com"]
        #expect(try settings(https).cookies.isSecure)
        #expect(try settings(https + ["--cookie-secure", "auto"]).cookies.isSecure)
        #expect(try !settings(https + ["--cookie-secure", "never"]).cookies.isSecure)
        #expect(try !settings(["--public-url", "http://bank.example.com"]).cookies.isSecure)
        #expect(try settings(["--cookie-secure", "always"]).cookies.isSecure)
        #expect(try !settings(["--port", "0"]).cookies.isSecure)
    }

    @Test("A cookie domain is the public URL's host or a parent of it")
    func cookieDomain() throws {
        let url = ["--public-url", "http://Bank.SSO.localhost:8081"]
        for domain in ["sso.localhost", "bank.sso.localhost", "SSO.LocalHost"] {
            #expect(try settings(url + ["--cookie-domain", domain]).cookies.domain == domain.lowercased())
            #expect(try settings(url, ["SSO_COOKIE_DOMAIN": domain]).cookies.domain == domain.lowercased())
        }
        #expect(try settings(url, ["SSO_COOKIE_DOMAIN": ""]).cookies.domain == nil)
    }

    @Test("Lives of tokens are the cookies' too")
    func lives() throws {
        let settings = try settings(["--access-ttl", "2", "--refresh-ttl", "3"])
        #expect(settings.cookies.accessLife == 2)
        #expect(settings.cookies.refreshLife == 3)
    }
}
