import Curl
import Foundation
import Harness
import Testing

/// A key file that must not be used.
struct BadKeyFile: Sendable, CustomTestStringConvertible {
    let what: String
    let text: String
    /// What the refusal must say.
    let cause: String

    var testDescription: String { what }

    private static let secret = String(repeating: "QUFB", count: 16)

    private static func key(
        _ kid: String? = "\"one\"", kty: String? = "\"oct\"", alg: String? = "\"HS256\"", k: String? = "\"\(secret)\""
    ) -> String {
        let members = [("kty", kty), ("kid", kid), ("alg", alg), ("k", k)]
        return "{" + members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",")
            + "}"
    }

    private static func set(_ keys: String...) -> String { "{\"keys\":[\(keys.joined(separator: ","))]}" }

    static let all = [
        BadKeyFile(what: "empty file", text: "", cause: "not JSON"),
        BadKeyFile(what: "no JSON", text: "secret", cause: "not JSON"),
        BadKeyFile(what: "truncated", text: String(set(key()).dropLast()), cause: "not JSON"),
        BadKeyFile(what: "duplicate member", text: "{\"keys\":[],\"keys\":[\(key())]}", cause: "not JSON"),
        BadKeyFile(what: "one bare key", text: key(), cause: "JWK Set"),
        BadKeyFile(what: "an array", text: "[\(key())]", cause: "JWK Set"),
        BadKeyFile(what: "keys is no array", text: "{\"keys\":\(key())}", cause: "JWK Set"),
        BadKeyFile(what: "no key", text: set(), cause: "no key"),
        BadKeyFile(
            what: "31 bytes", text: set(key(k: "\"\(secret.prefix(40))QQ\"")),
            cause: "31 bytes"),
        BadKeyFile(what: "no bytes", text: set(key(k: "\"\"")), cause: "0 bytes"),
        BadKeyFile(what: "no k", text: set(key(k: nil)), cause: "'k'"),
        BadKeyFile(what: "k is padded", text: set(key(k: "\"\(secret)QQ==\"")), cause: "'k'"),
        BadKeyFile(what: "k is no base64url", text: set(key(k: "\"\(secret)+/+/\"")), cause: "'k'"),
        BadKeyFile(what: "no kid", text: set(key(nil)), cause: "'kid'"),
        BadKeyFile(what: "empty kid", text: set(key("\"\"")), cause: "'kid'"),
        BadKeyFile(what: "kid is a number", text: set(key("1")), cause: "'kid'"),
        BadKeyFile(what: "the same kid twice", text: set(key(), key()), cause: "kid 'one'"),
        BadKeyFile(what: "the second key has no kid", text: set(key(), key(nil)), cause: "key 2"),
        BadKeyFile(what: "alg HS512", text: set(key(alg: "\"HS512\"")), cause: "HS256"),
        BadKeyFile(what: "alg none", text: set(key(alg: "\"none\"")), cause: "HS256"),
        BadKeyFile(what: "no alg", text: set(key(alg: nil)), cause: "HS256"),
        BadKeyFile(what: "kty RSA", text: set(key(kty: "\"RSA\"")), cause: "'oct'"),
        BadKeyFile(what: "no kty", text: set(key(kty: nil)), cause: "'oct'"),
    ]

    /// A file that may be used.
    static let good = set(key(), key("\"two\""))
}

@Suite("The key file and the database file")
struct KeyFileTests {
    @Test("Without --keys and SSO_KEYS a server does not start", arguments: serverNames)
    func noKeys(_ server: String) async throws {
        for environment in [[:], ["SSO_KEYS": ""]] {
            let result = try await run(server, ["--port", "0"], environment: environment, timeout: .seconds(20))
            expectRefusedStart(result, 78, of: server)
            #expect(result.standardError.contains("sso keys new"))
            #expect(result.standardError.contains("--keys"))
        }
    }

    @Test("A key file that cannot be used exits 78 and says why", arguments: BadKeyFile.all)
    func badContent(_ bad: BadKeyFile) async throws {
        for server in serverNames {
            let result = try await start(server, text: bad.text)
            expectRefusedStart(result, 78, of: server, "\(bad.what)")
            #expect(result.standardError.contains(bad.cause), "\(bad.what): \(result.standardError)")
            #expect(!result.standardError.contains("QUFBQUFB"), "the secret")
        }
    }

    @Test("A key file that others can read or write exits 78", arguments: serverNames)
    func badMode(_ server: String) async throws {
        for mode in [0o644, 0o640, 0o620, 0o604, 0o602, 0o666, 0o601] {
            let result = try await start(server, text: BadKeyFile.good, mode: mode)
            expectRefusedStart(result, 78, of: server, "\(String(mode, radix: 8))")
            #expect(result.standardError.contains("chmod 600"))
        }
    }

    @Test("A key file that is not there, or no file, exits 78", arguments: serverNames)
    func missing(_ server: String) async throws {
        try await withFolder { folder in
            for path in ["\(folder)/nothing.json", folder, "\(folder)/a/b/c", "/dev/null"] {
                let result = try await run(
                    server, ["--port", "0", "--keys", path, "--database", "sqlite:\(folder)/sso.sqlite"],
                    timeout: .seconds(20))
                expectRefusedStart(result, 78, of: server, "\(path)")
                #expect(result.standardError.contains(path))
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/sso.sqlite"), "nothing was made")
        }
    }

    @Test("A file of two keys of one's own is used, and may be read by its owner only", arguments: Direction.allCases)
    func goodFile(_ direction: Direction) async throws {
        try await withFolder { folder in
            let file = "\(folder)/keys.json"
            try write(BadKeyFile.good, to: file, mode: 0o400)
            var options = Cluster.Options()
            options.keys = .files(bank: file, retirement: file)
            try await onStage(direction, options) { stage in
                let alice = try await stage.signedInProgram()
                #expect(try Draft(of: Tokens(of: alice).access).header["kid"] == "\"one\"")
                #expect(try await alice.get(stage.there, "/api/me").status == 200)
            }
        }
    }

    @Test("A database that cannot be opened exits 78", arguments: serverNames)
    func badDatabase(_ server: String) async throws {
        try await withFolder { folder in
            let file = "\(folder)/keys.json"
            try write(BadKeyFile.good, to: file, mode: 0o600)
            let text = String(repeating: "This is no database. ", count: 500)
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/text.sqlite"))
            for url in [
                "sqlite:\(folder)", "sqlite:\(folder)/text.sqlite/below/sso.sqlite", "sqlite:/proc/nothing/sso.sqlite",
                "sqlite:\(folder)/text.sqlite", "sqlite:", "mysql://localhost/sso", "nonsense", "\(folder)/sso.sqlite",
            ] {
                let arguments = ["--port", "0", "--keys", file]
                let byFlag = try await run(server, arguments + ["--database", url], timeout: .seconds(20))
                let byVariable = try await run(
                    server, arguments, environment: ["SSO_DATABASE": url], timeout: .seconds(20))
                expectRefusedStart(byFlag, 78, of: server, "\(url)")
                expectRefusedStart(byVariable, 78, of: server, "\(url)")
                #expect(byFlag.standardError.contains("database"), "\(url)")
            }
            let after = FileManager.default.contents(atPath: "\(folder)/text.sqlite")
            #expect(after == Data(text.utf8), "the file that was none of ours is as it was")
        }
    }

    @Test("The database and its folder are made for their owner alone", arguments: Direction.allCases)
    func databaseMode(_ direction: Direction) async throws {
        try await withFolder { folder in
            var options = Cluster.Options()
            options.database = "sqlite:\(folder)/new/below/sso.sqlite"
            try await onStage(direction, options) { stage in
                _ = try await stage.signedInProgram()
                let made = "\(folder)/new/below"
                #expect(try mode(of: made) == 0o700)
                let files = try FileManager.default.contentsOfDirectory(atPath: made).sorted()
                #expect(files.contains("sso.sqlite"))
                for file in files { #expect(try mode(of: "\(made)/\(file)") == 0o600, "\(file)") }
            }
        }
    }

    private func start(_ server: String, text: String, mode: Int = 0o600) async throws -> RunResult {
        try await withFolder { folder in
            try write(text, to: "\(folder)/keys.json", mode: mode)
            return try await run(
                server,
                ["--port", "0", "--keys", "\(folder)/keys.json", "--database", "sqlite:\(folder)/sso.sqlite"],
                timeout: .seconds(20))
        }
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
