import Foundation
import Identity
import SQLiteStore
import Synchronization
import Testing

@Suite("Many open a database file that is not there yet")
struct SQLiteStartTests {
    @Test("None of them takes the file that another is just making for one that was lost")
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
