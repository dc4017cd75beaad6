import Curl
import Foundation
import Harness
import Testing

/// A flag with a value that cannot be meant.
struct BadValue: Sendable, CustomTestStringConvertible {
    let flag: String
    let value: String

    /// The variable of the same setting.
    var variable: String { "SSO_" + flag.uppercased().replacing("-", with: "_") }

    var testDescription: String { "--\(flag) \(value.debugDescription)" }

    static let all = [
        ("host", [""]),
        ("port", ["abc", "70000", "65536", "+80", "-1", "80.0", "0x50", " 80", "", "٣", "99999999999999999999"]),
        ("database", [""]),
        ("access-ttl", ["0", "-1", "abc", "1.5", "1e3", "99999999999999999999"]),
        ("refresh-ttl", ["0", "-1", "abc", "+60"]),
        ("audience", [""]),
        (
            "public-url",
            ["ftp://x", "http://", "nonsense", "http://x/path", "http://x:0", "http://x y", "//x", "http://a@b"]
        ),
        ("peer-url", ["ftp://x", "http://", "nonsense", "javascript:x", "http://x:99999", "http://x?y"]),
        ("cookie-domain", ["localhost", "other.example", "a b", ".", "127.0.0.1", "x;y.localhost"]),
        ("cookie-secure", ["maybe", "ALWAYS", ""]),
        ("scrypt", ["1,2", "a,b,c", "15,8,3,1", "0,8,1", "15,8,0", "99,8,1", "+15,8,3", ""]),
        ("server-timing", ["maybe", "true"]),
        ("smtp-url", ["mail.example", "http://mail", "smtp://user:pass@mail", ""]),
        ("smtp-tls", ["never", ""]),
        ("mail-from", ["sso", "a@b\r\nBcc: c@d", ""]),
        ("outbox", [""]),
        ("log-level", ["loud", "INFO"]),
        ("log-format", ["xml", "JSON"]),
    ].flatMap { flag, values in values.map { BadValue(flag: flag, value: $0) } }
}

@Suite("Flags and variables")
struct CommandLineTests {
    @Test("--help says every flag, its variable and its default, on standard output", arguments: serverNames)
    func help(_ server: String) async throws {
        let result = try await run(server, ["--help"])
        #expect(result.status == 0)
        #expect(result.standardError == "")
        let text = result.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let flags = [
            ("host", "127.0.0.1"), ("port", server == "bank" ? "8081" : "8082"), ("keys", "required"),
            ("database", "sqlite:.data/sso.sqlite"), ("access-ttl", "900"), ("refresh-ttl", "604800"),
            ("audience", "sso"), ("public-url", "HOST:PORT"), ("peer-url", server == "bank" ? "8082" : "8081"),
            ("cookie-domain", "none"), ("cookie-secure", "auto"), ("scrypt", "15,8,3"), ("server-timing", "on"),
            ("log-level", "info"), ("log-format", "text"), ("auth", "tokens"), ("session-store", "local"),
            ("smtp-url", "none"), ("smtp-tls", "required"), ("smtp-credentials", "none"), ("smtp-ca", "system"),
            ("mail-from", "sso@localhost"), ("outbox", ".data/outbox"),
            ("attempt-limits", "on"), ("attempts-per-account", "10,30"), ("attempts-per-address", "100,1"),
            ("max-connections", "4096"), ("max-connections-per-address", "a quarter"), ("request-timeout", "10"),
            ("idle-timeout", "60"), ("database-pool", "4"),
        ]
        for (flag, fallback) in flags {
            let start = try #require(text.range(of: "--\(flag) <"), "--\(flag)")
            let section = text[start.upperBound...].prefix(upTo: " --")
            let variable = BadValue(flag: flag, value: "").variable
            #expect(section.contains(variable), "--\(flag): \(section)")
            #expect(section.contains(fallback), "--\(flag): \(section)")
        }
        #expect(text.contains("--version"))
    }

    @Test("--version says a version on standard output", arguments: serverNames + ["sso"])
    func version(_ program: String) async throws {
        let result = try await run(program, ["--version"])
        #expect(result.status == 0)
        #expect(result.standardError == "")
        #expect(result.standardOutput.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }

    @Test("A flag or an argument that nobody knows exits 64", arguments: serverNames)
    func unknownFlag(_ server: String) async throws {
        for arguments in [["--nonsense"], ["--nonsense", "1"], ["extra"], ["--port"], ["-x"], ["--keys", "a", "b"]] {
            let result = try await run(server, arguments, timeout: .seconds(20))
            expectRefusedStart(result, 64, of: server, "\(arguments)")
        }
    }

    @Test("A bad value of a flag exits 64", arguments: BadValue.all)
    func badFlag(_ bad: BadValue) async throws {
        try await withFolder { folder in
            let good = try await goodArguments(folder)
            for server in serverNames {
                let result = try await run(
                    server, good.filter { !$0.hasPrefix("--\(bad.flag)=") } + ["--\(bad.flag)=\(bad.value)"],
                    timeout: .seconds(20))
                expectRefusedStart(result, 64, of: server)
                #expect(result.standardError.contains("--\(bad.flag)"))
            }
        }
    }

    @Test("The same value in a variable exits 78", arguments: BadValue.all.filter { !$0.value.isEmpty })
    func badVariable(_ bad: BadValue) async throws {
        try await withFolder { folder in
            let good = try await goodArguments(folder)
            for server in serverNames {
                let result = try await run(
                    server, good.filter { !$0.hasPrefix("--\(bad.flag)=") }, environment: [bad.variable: bad.value],
                    timeout: .seconds(20))
                expectRefusedStart(result, 78, of: server)
                #expect(result.standardError.contains(bad.variable))
            }
        }
    }

    @Test("A flag wins over its variable, and the variable over the default", arguments: Direction.allCases)
    func precedence(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.environment = [
            "SSO_PORT": "nonsense", "SSO_ACCESS_TTL": "123", "SSO_REFRESH_TTL": "1234", "SSO_AUDIENCE": "other-cluster",
            "SSO_SERVER_TIMING": "off", "SSO_COOKIE_SECURE": "always", "SSO_LOG_FORMAT": "json", "SSO_KEYS": "/nowhere",
        ]
        options.arguments = ["--refresh-ttl", "4321", "--server-timing", "on"]
        try await onStage(direction, options) { stage in
            let alice = try await stage.signedInProgram()
            let answer = try #require(alice.exchanges.last)
            #expect(answer.jsonInteger("expires_in") == 123)
            #expect(answer.jsonInteger("refresh_expires_in") == 4321)
            #expect(answer.header("Server-Timing") != nil)
            #expect(try await alice.get(stage.there, "/api/me").json("aud") == "other-cluster")
            let browser = Visitor.browser(named: "alice")
            let signIn = try await browser.signIn(at: stage.there, username: "alice", password: goodPassword)
            #expect(signIn.setCookie(named: "__Secure-sso_access") != nil)
            #expect(stage.here.standardError.hasPrefix("{"))
        }
    }

    @Test("An empty variable is one that is not set", arguments: Direction.allCases)
    func emptyVariable(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.environment = ["SSO_ACCESS_TTL": "", "SSO_COOKIE_DOMAIN": "", "SSO_AUDIENCE": ""]
        try await onStage(direction, options) { stage in
            let alice = try await stage.signedInProgram()
            #expect(try #require(alice.exchanges.last).jsonInteger("expires_in") == 900)
            #expect(try await alice.get(stage.there, "/api/me").json("aud") == "sso")
        }
    }

    @Test("A port that is taken ends the start with a hint", arguments: Direction.allCases)
    func portTaken(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let arguments = ["--keys", stage.cluster.bankKeys, "--database", stage.cluster.database]
            let byFlag = try await run(
                stage.there.name, arguments + ["--port", "\(stage.here.port)"], timeout: .seconds(20))
            let byVariable = try await run(
                stage.there.name, arguments, environment: ["SSO_PORT": "\(stage.here.port)"], timeout: .seconds(20))
            for result in [byFlag, byVariable] {
                #expect(result.status == 78)
                #expect(result.standardOutput == "")
                let lines = result.standardError.split(separator: "\n")
                #expect(lines.contains { $0.hasPrefix("\(stage.there.name): ") && $0.contains(":\(stage.here.port)") })
                #expect(lines.last?.hasPrefix("hint: ") == true)
            }
            #expect(try await Visitor.program(named: "somebody").get(stage.here, "/livez").status == 200)
        }
    }

    @Test("The ready line stands alone on standard output, with the real address", arguments: Direction.allCases)
    func readyLine(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            _ = try await stage.signedInBrowser()
            for server in stage.cluster.servers {
                #expect(server.standardOutput == "\(server.name): listening on http://127.0.0.1:\(server.port)\n")
                #expect(await server.stop() == 0)
                #expect(server.standardOutput == "\(server.name): listening on http://127.0.0.1:\(server.port)\n")
            }
        }
    }

    @Test("Port 0 takes a free one and says which; --host is where it listens", arguments: Direction.allCases)
    func freePort(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--port", "0", "--host", "127.0.0.2"]
        try await onStage(direction, options) { stage in
            let line = stage.here.standardOutput
            let match = try #require(line.wholeMatch(of: /[a-z]+: listening on (http:\/\/127\.0\.0\.2:(\d+))\n/))
            let port = try #require(Int(match.2))
            #expect(port > 0 && port != stage.here.port)
            let browser = Visitor.browser(named: "alice")
            #expect(try await browser.get("\(match.1)/livez").status == 200)
            // That address is its own origin then, which may post to it.
            let answer = try await browser.post(
                "\(match.1)/register", form: [("username", "alice"), ("password", goodPassword)],
                headers: [Header("Origin", String(match.1)), Header("Sec-Fetch-Site", "cross-site")])
            #expect(answer.status == 303)
        }
    }

    /// Flags with which a server would start, each as `--flag=value`.
    private func goodArguments(_ folder: String) async throws -> [String] {
        try await Cluster.makeKeys(at: "\(folder)/keys.json")
        return ["--port=\(try Ports.free())", "--keys=\(folder)/keys.json", "--database=sqlite:\(folder)/sso.sqlite"]
    }
}

extension StringProtocol {
    /// What stands before the first occurrence of a text; all, if there is none.
    fileprivate func prefix(upTo text: String) -> SubSequence {
        range(of: text).map { self[..<$0.lowerBound] } ?? self[...]
    }
}
