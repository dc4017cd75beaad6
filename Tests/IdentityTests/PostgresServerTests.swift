import Foundation
import Harness
import Holdings
import PostgresStore
import Testing

@testable import Identity

@Suite("A PostgreSQL that comes and goes, and one behind TLS")
struct PostgresServerTests {
    @Test(
        "While the server is gone, each call says so soon; when it is back, all goes on by itself",
        arguments: [PostgreSQL.Stop.fast, .killed])
    func restart(stop: PostgreSQL.Stop) async throws {
        let server = try await PostgreSQL.start()
        let url = try await server.makeDatabase()
        try await withPostgresStore(url, connections: 3) { store in
            let anna = try await Member("anna", in: store)
            #expect(try await store.advanceCount(of: anna.id) == 1)
            await server.stop(stop)
            for _ in 0..<20 {
                let start = ContinuousClock.now
                await #expect(performing: { _ = try await store.advanceCount(of: anna.id) }, throws: Self.isUnavailable)
                await #expect(performing: { try await store.checkReadiness() }, throws: Self.isUnavailable)
                // Twice the 5 seconds that a call may take, on a machine that is busy; else it is a fraction of a second.
                #expect(ContinuousClock.now - start < .seconds(12))
            }
            try await server.start()
            try await waitUntil("the store is ready") { (try? await store.checkReadiness()) != nil }
            #expect(try await store.advanceCount(of: anna.id) == 2)
        }
        await server.stop()
    }

    private static func isUnavailable(_ error: any Error) -> Bool {
        if case StoreError.unavailable = error { true } else { false }
    }

    @Test("With sslmode=verify-full, the server has to prove who it is")
    func tls() async throws {
        try await withFolder { folder in
            try await Self.makeCertificates(in: folder)
            let server = try await PostgreSQL.start(
                ["ssl=on", "ssl_cert_file=\(folder)/server.pem", "ssl_key_file=\(folder)/server.key"]
                    .flatMap { ["-c", $0] })
            let plain = try await server.makeDatabase()
            let url = plain.replacing("127.0.0.1", with: "localhost") + "?sslmode=verify-full&sslrootcert=\(folder)/"
            try await withPostgresStore(url + "ca.pem") { store in
                _ = try await Member("anna", in: store)
                let encrypted = try await server.query(
                    "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'sso'",
                    at: plain)
                #expect(encrypted == [["t"]])
            }
            let error = #expect(throws: StoreError.self) { try PostgresStore(url: url + "other.pem", connections: 1) }
            #expect("\(try #require(error))".contains("certificate verify failed"))
            // The right certificate under another name is none.
            #expect(throws: StoreError.self) {
                try PostgresStore(url: (url + "ca.pem").replacing("localhost", with: "127.0.0.1"), connections: 1)
            }
            await server.stop()
        }
    }

    private static func makeCertificates(in folder: String) async throws {
        let own = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        for command in [
            "req -x509 \(own) -keyout ca.key -out ca.pem -subj /CN=ours",
            "req -x509 \(own) -keyout other.key -out other.pem -subj /CN=theirs",
            "req -x509 \(own) -keyout server.key -out server.pem -subj /CN=localhost -CA ca.pem -CAkey ca.key "
                + "-addext subjectAltName=DNS:localhost",
        ] {
            let result = try await run(
                "/usr/bin/openssl", command.split(separator: " ").map(String.init), workingDirectory: folder)
            try #require(result.status == 0, "\(result.standardError)")
        }
        // PostgreSQL takes a key that only its own user can read.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        if geteuid() == 0, let user = getpwnam("postgres")?.pointee {
            chown("\(folder)/server.key", user.pw_uid, user.pw_gid)
        }
    }
}
