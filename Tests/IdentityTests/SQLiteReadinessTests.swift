import Foundation
import GRDB
import Identity
import SQLiteStore
import Testing

@Suite("Asking SQLite whether it is ready")
struct SQLiteReadinessTests {
    private func size(_ path: String) throws -> Int {
        try Data(contentsOf: URL(fileURLWithPath: path)).count
    }

    @Test("The first time it writes one page, which proves something; asked on and on, at most one in a second")
    func onePage() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let (file, log) = (try size(path), try size("\(path)-wal"))
                try await store.checkReadiness()
                // A page of 4 KiB, with its header.
                let page = 4096 + 24
                #expect(try size("\(path)-wal") == log + page)
                let start = ContinuousClock.now
                for _ in 0..<300 { try await store.checkReadiness() }
                let seconds = Int((ContinuousClock.now - start) / .seconds(1))
                #expect(try size("\(path)-wal") <= log + (seconds + 2) * page)
                #expect(try size(path) == file)
            }
        }
    }

    @Test("It changes nothing that means anything")
    func changesNothing() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            func pragma(_ name: String) throws -> Int? {
                let queue = try DatabaseQueue(path: path)
                defer { try? queue.close() }
                return try queue.read { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
            }
            try await withSQLiteStore(path) { _ in }
            let queue = try DatabaseQueue(path: path)
            try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = -77") }
            try queue.close()
            let version = try pragma("user_version")
            try await withSQLiteStore(path) { store in try await store.checkReadiness() }
            #expect(try pragma("application_id") == -77)
            #expect(try pragma("user_version") == version)
        }
    }
}
