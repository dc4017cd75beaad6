import Foundation
import Identity
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Many open a database file that is not there yet")
struct SQLiteStartTests {
    /// The moment in which the one way of looking would err is short. So others look all the while that one makes it.
    @Test("Whoever looks while another makes the file does not take it for one that was lost")
    func looking() async throws {
        try await withFolder { folder in
            let errors = Mutex<Set<String>>([])
            for round in 1...150 {
                let path = "\(folder)/\(round).sqlite"
                let store = Mutex<SQLiteStore?>(nil)
                let isMade = Atomic(false)
                DispatchQueue.concurrentPerform(iterations: 3) { thread in
                    do throws(StoreError) {
                        if thread == 0 {
                            defer { isMade.store(true, ordering: .relaxed) }
                            let made = try SQLiteStore(path: path)
                            store.withLock { $0 = made }
                        } else {
                            while !isMade.load(ordering: .relaxed) { try SQLiteStore.requireLogWithFile(path) }
                        }
                    } catch {
                        _ = errors.withLock { $0.insert("\(error)".replacing(path, with: "the file")) }
                    }
                }
                await store.withLock { $0 }?.close()
            }
            #expect(errors.withLock { $0 } == [])
        }
    }

    @Test("All of them start")
    func together() async throws {
        try await withFolder { folder in
            let errors = Mutex<[String]>([])
            for round in 1...60 {
                let path = "\(folder)/\(round).sqlite"
                let stores = Mutex<[SQLiteStore]>([])
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    do {
                        let store = try SQLiteStore(path: path)
                        stores.withLock { $0.append(store) }
                    } catch {
                        errors.withLock { $0.append("\(error)") }
                    }
                }
                for store in stores.withLock({ $0 }) { await store.close() }
            }
            #expect(errors.withLock { $0 } == [])
        }
    }
}
