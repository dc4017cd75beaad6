import BankServer
import Foundation
import HTTPTypes
import Identity
import Logging
import RetirementServer
import SQLiteStore
import Testing
import Tokens

@testable import SSOServer

@Suite("The OpenAPI document")
struct OpenAPITests {
    /// By name, as a server is a long thing to print.
    private static let names = ["bank", "retirement"]
    private static func server(_ name: String) -> Server { name == "bank" ? .bank : .retirement }
    /// What is for machines and not below `/api/`.
    private static let others = ["/livez", "/readyz", "/metrics", "/openapi.json"]

    private func document(_ server: Server, _ flags: [String] = []) throws -> [String: Any] {
        let text = OpenAPIRoute(server: server, cookies: try settings(flags, of: server).cookies).document
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Each method and path of the document.
    private func operations(_ document: [String: Any]) throws -> Set<String> {
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        return Set(paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
    }

    @Test("It has every call for programs that the server answers, and no other", arguments: names)
    func complete(_ name: String) async throws {
        let server = Self.server(name)
        let routes = try await routes(of: server)
        #expect(routes.count > 10)
        #expect(try operations(document(server)) == routes)
        #expect(routes.contains("GET /api/\(server.dataName)"))
    }

    @Test("Strict JSON, with no word left over and every reference to something that is there", arguments: names)
    func whole(_ name: String) throws {
        let server = Self.server(name)
        let text = OpenAPIRoute(server: server, cookies: try settings(of: server).cookies).document
        #expect(throws: Never.self) { try JSONValue(text.utf8) }
        #expect(!text.contains(/[A-Z]+_[A-Z]+/))
        let references = text.matches(of: /"\$ref": "#\/components\/([a-z]+)\/([A-Za-z-]+)"/)
        #expect(references.count == text.ranges(of: "$ref").count)
        let components = try #require(try document(server)["components"] as? [String: [String: Any]])
        for reference in references {
            #expect(components[String(reference.1)]?[String(reference.2)] != nil, "\(reference.0)")
        }
    }

    @Test(
        "The cookie is called as it is set",
        arguments: [([], "sso_access"), (["--cookie-secure", "always"], "__Secure-sso_access")])
    func cookieName(flags: [String], name: String) throws {
        let components = try #require(try document(.bank, flags)["components"] as? [String: [String: Any]])
        let cookie = try #require(components["securitySchemes"]?["cookie"] as? [String: Any])
        #expect(cookie["name"] as? String == name)
    }

    @Test("A server that keeps sessions has none: its calls are others")
    func sessions() async throws {
        #expect(try await !routes(of: .bank, ["--auth", "sessions"]).contains("GET /openapi.json"))
    }

    /// Each method and path for programs of a server that is built, but not run.
    private func routes(of server: Server, _ flags: [String] = []) async throws -> Set<String> {
        let folder = FileManager.default.temporaryDirectory.path + "/sso-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = try settings(flags, of: server)
        let store = try SQLiteStore(path: folder + "/sso.sqlite")
        let hasher = PasswordHasher(cost: settings.scrypt, threadCount: 1)
        let keys = try KeyRing([Key(id: "a", secret: [UInt8](repeating: 1, count: 32))])
        let terms = TokenAuthority.Terms(
            issuer: server.name, issuers: [server.name], audience: "sso", accessLife: 1, refreshLife: 1)
        let authority = TokenAuthority(keys: keys, terms: terms) { 0 }
        let reset = PasswordReset(authority: authority, store: store, hasher: hasher)
        let logger = Logger(label: "test")
        let gate = AttemptGate(store: store, limits: nil) { 0 }
        let routes = Routes()
        _ = try buildApplication(
            ApplicationParts(
                server: server, settings: settings,
                signOn: SignOn(authority: authority, store: store, hasher: hasher), reset: reset,
                resetRequests: ResetRequests(
                    reset: reset, gate: gate, keepsRoomForOthers: true, logger: logger),
                site: Site(own: settings.publicURL, peer: settings.peerURL), store: store,
                gate: gate, keyFile: KeyFileHealth(),
                metrics: PrometheusMetrics(), logger: logger),
            routes: routes
        ) { _ in }
        await hasher.shutdown()
        await store.close()
        let programs = routes.all.filter { $0.key.hasPrefix("/api/") || Self.others.contains($0.key) }
        // HEAD is where GET is, and goes without saying.
        return Set(programs.flatMap { path, methods in methods.filter { $0 != .head }.map { "\($0) \(path)" } })
    }
}
