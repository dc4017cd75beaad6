import Foundation
import GRDB
import Holdings
import Identity
import SQLiteStore
import Testing

/// Moves a database with the files that SQLite keeps beside it, as an operator would.
func moveDatabase(_ path: String, to newPath: String) throws {
    for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.moveItem(atPath: path + suffix, toPath: newPath + suffix)
    }
}

@Suite("The SQLite store and its file")
struct SQLiteFileTests {
    private func expectUnavailable(_ work: () async throws -> Void) async {
        let error = await #expect(throws: StoreError.self) { try await work() }
        guard case .unavailable? = error else {
            Issue.record("not unavailable but \(String(describing: error))")
            return
        }
    }

    @Test("What was written is there when the file is opened again")
    func reopening() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            let anna = try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                _ = try await store.advanceCount(of: anna.id)
                return anna
            }
            try await withSQLiteStore(path) { store throws in
                #expect(try await anna.count(in: store) == 1)
                #expect(try await store.user(id: anna.id)?.password == anna.password)
                #expect(try await store.useSession(anna.session, of: anna.id, at: 1)?.hasEnded == false)
                #expect(try await store.accounts(of: anna.id).count == 2)
                #expect(try await store.plan(of: anna.id) != nil)
            }
        }
    }

    @Test("What one process writes, the other reads at once")
    func twoStores() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { bank in
                try await withSQLiteStore(path) { retirement in
                    let anna = try await Member("anna", in: bank)
                    #expect(try await retirement.user(named: UserName("anna"))?.user == anna.user)
                    #expect(try await retirement.advanceCount(of: anna.id) == 1)
                    #expect(try await bank.useSession(anna.session, of: anna.id, at: 1)?.count == 1)
                    try await bank.endSession(anna.session, of: anna.id, at: 2)
                    #expect(try await retirement.useSession(anna.session, of: anna.id, at: 3)?.hasEnded == true)
                }
            }
        }
    }

    @Test("A file that was moved away is missed, and no new one is made; when it is back, work goes on")
    func movedAway() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                try moveDatabase(path, to: folder + "/away.sqlite")
                await expectUnavailable { _ = try await store.advanceCount(of: anna.id) }
                await expectUnavailable { _ = try await store.user(id: anna.id) }
                await expectUnavailable { try await store.checkReadiness() }
                #expect(!FileManager.default.fileExists(atPath: path))
                try moveDatabase(folder + "/away.sqlite", to: path)
                #expect(try await anna.count(in: store) == 0)
                #expect(try await store.advanceCount(of: anna.id) == 1)
                try await store.checkReadiness()
            }
            try await withSQLiteStore(path) { store throws in
                #expect(try await store.users(liveSince: 0).map(\.user.count) == [1])
            }
        }
    }

    @Test("Another file in its place is not touched; when the old one is back, work goes on", arguments: [true, false])
    func replaced(withItsLog: Bool) async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            let bert = try await withSQLiteStore(folder + "/other.sqlite") { try await Member("bert", in: $0) }
            let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/other.sqlite"))
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                if withItsLog {
                    try moveDatabase(path, to: folder + "/old.sqlite")
                } else {
                    try FileManager.default.moveItem(atPath: path, toPath: folder + "/old.sqlite")
                }
                try FileManager.default.moveItem(atPath: folder + "/other.sqlite", toPath: path)
                await expectUnavailable { _ = try await store.user(id: anna.id) }
                await expectUnavailable { _ = try await store.advanceCount(of: bert.id) }
                await expectUnavailable { try await store.checkReadiness() }
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
                try FileManager.default.moveItem(atPath: path, toPath: folder + "/other.sqlite")
                try moveDatabase(folder + "/old.sqlite", to: path)
                #expect(try await store.advanceCount(of: anna.id) == 1)
            }
            try await withSQLiteStore(folder + "/other.sqlite") { store throws in
                #expect(try await store.users(liveSince: 0).map(\.user) == [bert.user])
            }
        }
    }

    @Test("An empty file in its place stays empty")
    func replacedByEmptyFile() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                try moveDatabase(path, to: folder + "/old.sqlite")
                try Data().write(to: URL(fileURLWithPath: path))
                await expectUnavailable { _ = try await store.user(id: anna.id) }
                await expectUnavailable { _ = try await store.advanceCount(of: anna.id) }
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
                try FileManager.default.removeItem(atPath: path)
                try moveDatabase(folder + "/old.sqlite", to: path)
                #expect(try await anna.count(in: store) == 0)
            }
        }
    }

    @Test("A file from a newer version is refused")
    func newerVersion() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { _ = try await Member("anna", in: $0) }
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
            try queue.close()
            let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
            guard case .failed(let text)? = error else {
                Issue.record("not failed but \(String(describing: error))")
                return
            }
            #expect(text.contains("newer version"))
        }
    }

    @Test("A file that is no database is refused and left as it is")
    func noDatabase() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            let text = Data(String(repeating: "This is a letter to my aunt.\n", count: 100).utf8)
            try text.write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
        }
    }

    @Test("A path in a folder that is not there, and a folder, are refused", arguments: ["/no/such/sso.sqlite", ""])
    func badPaths(path: String) async throws {
        try await withFolder { folder throws in
            #expect(throws: StoreError.self) { try SQLiteStore(path: folder + path) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }
}
