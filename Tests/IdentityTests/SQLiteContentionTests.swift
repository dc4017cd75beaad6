import Dispatch
import GRDB
import Holdings
import SQLiteStore
import Synchronization
import Testing

@testable import Identity

@Suite("The SQLite store among several processes")
struct SQLiteContentionTests {
    /// Opens a file several times at once.
    private func openAtOnce(_ path: String, times: Int) throws -> [SQLiteStore] {
        let results = Mutex<[Result<SQLiteStore, any Error>]>([])
        DispatchQueue.concurrentPerform(iterations: times) { _ in
            let result = Result { try SQLiteStore(path: path) }
            results.withLock { $0.append(result) }
        }
        return try results.withLock { $0 }.map { try $0.get() }
    }

    /// A connection that keeps a transaction open between calls, as another process may.
    private func otherProcess(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    @Test("Several open one fresh file at once: one makes the tables, all work", arguments: 1...5)
    func openingAtOnce(round: Int) async throws {
        try await withFolder { folder in
            let stores = try openAtOnce(folder + "/sso.sqlite", times: 4)
            let anna = try await Member("anna", in: stores[0])
            for store in stores { #expect(try await anna.count(in: store) == 0) }
            for store in stores { await store.close() }
        }
    }

    @Test("Two on one fresh file write two hundred sessions at once, and none is lost")
    func writingAtOnce() async throws {
        try await withFolder { folder in
            let stores = try openAtOnce(folder + "/sso.sqlite", times: 2)
            let anna = try await Member("anna", in: stores[0])
            let (id, password) = (anna.id, anna.password)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let session = SessionID(rawValue: "session \(number)")
                        return try await stores[number % 2].beginSession(
                            session, of: id, provided: password, at: number + 1)
                    }
                }
                for try await count in group { #expect(count == 0) }
            }
            for store in stores {
                #expect(try await anna.liveSessions(in: store) == 201)
                #expect(try await store.useSession(SessionID(rawValue: "session 199"), of: id, at: 200) != nil)
            }
            for store in stores { await store.close() }
        }
    }

    @Test("Counts that two advance at once all come to pass")
    func countingAtOnce() async throws {
        try await withFolder { folder in
            let stores = try openAtOnce(folder + "/sso.sqlite", times: 2)
            let anna = try await Member("anna", in: stores[0])
            let id = anna.id
            let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<50 { group.addTask { try await stores[number % 2].advanceCount(of: id) } }
                return try await group.reduce(into: [Int]()) { $0.append($1 ?? -1) }
            }
            #expect(counts.sorted() == Array(1...50))
            for store in stores { await store.close() }
        }
    }

    @Test("While another holds the write lock, reads go on; writes give up within the limit and have changed nothing")
    func lockHeld() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                let other = try otherProcess(path)
                try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
                #expect(try await anna.count(in: store) == 0)
                #expect(try await store.accounts(of: anna.id).count == 2)
                // All wait at the same time: those behind in the queue have no more time than the first.
                let id = anna.id
                let errors = await withTaskGroup(of: StoreError?.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            do throws(StoreError) {
                                _ = try await store.advanceCount(of: id)
                                return nil
                            } catch { return error }
                        }
                    }
                    return await group.reduce(into: [StoreError?]()) { $0.append($1) }
                }
                for error in errors {
                    guard case .unavailable? = error else {
                        Issue.record("not unavailable but \(String(describing: error))")
                        continue
                    }
                }
                try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
                try other.close()
                #expect(try await anna.count(in: store) == 0)
                #expect(try await store.advanceCount(of: anna.id) == 1)
            }
        }
    }

    @Test("A write that waits for the lock goes on when it is let go")
    func lockLetGo() async throws {
        try await withFolder { folder in
            let path = folder + "/sso.sqlite"
            try await withSQLiteStore(path) { store in
                let anna = try await Member("anna", in: store)
                let other = try otherProcess(path)
                try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
                async let count = store.advanceCount(of: anna.id)
                try await other.writeWithoutTransaction {
                    try $0.execute(sql: "UPDATE users SET count = count + 10")
                    try $0.execute(sql: "COMMIT")
                }
                #expect(try await count == 11)
                try other.close()
            }
        }
    }
}
