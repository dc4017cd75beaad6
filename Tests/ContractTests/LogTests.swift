import Curl
import Foundation
import Harness
import Testing

@Suite("Logs")
struct LogTests {
    @Test("With --log-format json every line of standard error is a JSON object", arguments: Direction.allCases)
    func json(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--log-format", "json", "--log-level", "trace"]
        try await onStage(direction, options) { stage in
            try await aDay(on: stage)
            for server in stage.cluster.servers {
                await server.stop()
                let lines = server.standardError.split(separator: "\n")
                #expect(lines.count > 3)
                for line in lines {
                    let value = try #require(JSONValue(Array(line.utf8)), "\(line)")
                    #expect(value["time"]?.string?.isEmpty == false, "\(line)")
                    #expect(value["level"]?.string?.isEmpty == false, "\(line)")
                    #expect(value["message"]?.string?.isEmpty == false, "\(line)")
                }
            }
        }
    }

    @Test("With --log-format text every line begins with its time and level", arguments: Direction.allCases)
    func text(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            try await aDay(on: stage)
            for server in stage.cluster.servers {
                await server.stop()
                let lines = server.standardError.split(separator: "\n")
                #expect(lines.count > 3)
                for line in lines {
                    let start = #/\d{4}-\d\d-\d\dT[0-9:.]+Z (INFO|NOTICE|WARNING|ERROR|CRITICAL) /#
                    #expect(line.prefixMatch(of: start) != nil, "\(line)")
                }
            }
        }
    }

    @Test(
        "No token, password, hash or key that was in play stands in a log, an error or the audit record",
        arguments: Direction.allCases, ["text", "json"])
    func noSecrets(_ direction: Direction, _ format: String) async throws {
        var options = Cluster.Options()
        options.arguments = ["--log-format", format, "--log-level", "trace"]
        try await onStage(direction, options) { stage in
            let (secrets, errors) = try await aDay(on: stage)
            let key = base64URL(try Forger(keyFile: stage.cluster.bankKeys).secret)
            #expect(secrets.count > 20)
            #expect(errors.count >= 8)
            let audit = try await run("sso", ["audit", "--json", "--database", stage.cluster.database])
            #expect(audit.standardOutput.contains("password_changed"), "the record is of this day")
            // All password hashes begin with "$scrypt$".
            for secret in secrets + [key, "$scrypt$"] {
                #expect(!audit.standardOutput.contains(secret), "audit: \(secret)")
                for error in errors { #expect(!error.text.contains(secret), "\(error.status): \(secret)") }
            }
            for server in stage.cluster.servers {
                await server.stop()
                let log = server.standardError
                #expect(log.contains("signed out"), "the log is of this day")
                for secret in secrets + [key, "$scrypt$"] {
                    #expect(!log.contains(secret), "\(server.name): \(secret)")
                }
            }
        }
    }

    @Test("A level leaves out what is below it", arguments: Direction.allCases)
    func level(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--log-level", "error"]
        try await onStage(direction, options) { stage in
            try await aDay(on: stage)
            for server in stage.cluster.servers { #expect(server.standardError == "", "\(server.name)") }
        }
    }

    @Test("A cheap password hash is a warning at the start, and the default is none", arguments: Direction.allCases)
    func cheapHashes(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let warnings = stage.here.standardError.split(separator: "\n").filter { $0.contains(" WARNING ") }
            #expect(warnings.contains { $0.contains("scrypt=4,8,1") })
        }
        var options = Cluster.Options()
        options.scrypt = nil
        try await onStage(direction, options) { stage in
            #expect(!stage.here.standardError.contains(" WARNING "))
        }
    }

    // How lines are escaped is seen in SSOServerTests/LogLinesTests.
    @Test("What strangers type or ask for does not stand in the log, whole or escaped", arguments: Direction.allCases)
    func nothingOfStrangers(_ direction: Direction) async throws {
        var options = Cluster.Options()
        options.arguments = ["--log-level", "trace"]
        try await onStage(direction, options) { stage in
            let stranger = Visitor.program(named: "stranger")
            let browser = Visitor.browser(named: "stranger")
            for name in ["forged", "a\nERROR forged", "a\r\nERROR forged", "a\u{2028}ERROR forged", "\u{1b}[2Jforged"] {
                try await stranger.register(at: stage.here, username: name, password: goodPassword)
                try await stranger.signIn(at: stage.here, username: name, password: "forged")
                try await browser.signIn(at: stage.here, username: name, password: "forged")
                try await stranger.post(stage.here, "/api/password/forgot", json: jsonObject(["username": name]))
                try await stranger.get(stage.here, "/", headers: [Header("User-Agent", "forged")])
            }
            try await stranger.get(stage.here, "/x%0aERROR%20forged%1b?forged")
            try await stranger.send("FORGED", stage.here, "/login")
            // Lines are written by a thread of their own; at the end, all of them are.
            await stage.here.stop()
            let log = stage.here.standardError
            #expect(log.contains("sign-in refused"), "the log is of what they did")
            #expect(!log.lowercased().contains("forged"))
        }
    }

    /// Much of what can happen, good and bad; gives every secret that was in play, and the answers that were errors.
    @discardableResult
    private func aDay(on stage: Stage) async throws -> (secrets: [String], errors: [Exchange]) {
        let passwords = ["first pass phrase", "second pass phrase", "never-right-phrase"]
        let alice = Visitor.program(named: "alice")
        let browser = Visitor.browser(named: "alice")
        for server in [stage.here, stage.there] {
            let name = "alice.\(server.name)"
            try await alice.register(at: server, username: name, password: passwords[0])
            try await alice.signIn(at: server, username: name, password: passwords[2])
            try await alice.signIn(at: server, username: name, password: passwords[0])
            let old = try Tokens(of: alice)
            try await alice.get(server, "/api/me")
            try await alice.get(server, "/api/me?access_token=\(old.access)")
            try await alice.get(server, "/api/me", headers: [Header("Authorization", "Bearer \(old.access)x")])
            try await alice.refresh(at: server)
            try await alice.post(server, "/api/refresh", json: jsonObject(["refresh_token": "\(old.refresh)x"]))
            try await alice.post(
                server, "/api/login", json: "{\"username\":\"\(name)\",\"password\":\"\(passwords[0])\"")
            let change = jsonObject(["current_password": passwords[0], "new_password": passwords[1]])
            alice.keepTokens(of: try await alice.post(server, "/api/password", json: change))
            try await browser.signIn(at: server, username: name, password: passwords[1])
            // A password in the wrong field is still one.
            try await browser.signIn(at: server, username: passwords[1], password: name)
            try await browser.get(server, "/")
            browser.dropCookie(named: "sso_access")
            try await browser.get(server, "/")
            try await browser.post(server, "/logout", form: [])
            try await alice.send("POST", server, "/api/logout-everywhere")
            try await alice.refresh(at: server)
        }
        let answers = alice.exchanges + browser.exchanges
        let tokens =
            answers.flatMap { [$0.json("access_token"), $0.json("refresh_token")].compactMap(\.self) }
            + answers.flatMap(\.response.setCookies).map(\.value).filter { !$0.isEmpty }
        #expect(tokens.count > 10)
        // Of a token, the signature alone is enough to complete it.
        let signatures = tokens.compactMap { $0.split(separator: ".").last.map(String.init) }
        // A page gives back the name that was typed, to whoever typed it.
        let errors = answers.filter { $0.status >= 400 && $0.header("Content-Type") == "application/problem+json" }
        return (passwords + tokens + signatures, errors)
    }
}
