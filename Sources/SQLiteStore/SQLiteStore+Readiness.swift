import GRDB
public import Identity
import Synchronization

extension SQLiteStore {
    /// How long a page that was written proves that pages can be written.
    private static let proofLife = Duration.seconds(1)

    /// Takes the write lock and, if that was not done within the last second, writes one page.
    ///
    /// The lock alone says nothing of a disk that is full: a transaction without changes needs no room. So this one
    /// changes something, by writing over a number in the file's header with itself. That takes a page in SQLite's log as
    /// any other change does, and none in the file: the next checkpoint puts it where it was. It costs a sync of the disk,
    /// as a sign-in does, but at most one in a second, as anybody may ask. What has failed is tried again each time, so
    /// the first call after the disk has room again succeeds.
    public func checkReadiness() async throws(StoreError) {
        let now = ContinuousClock.now
        let isProven = lastProof.withLock { proof in proof.map { now - $0 < Self.proofLife } ?? false }
        try await write { database in
            try database.inTransaction(.immediate) {
                if isProven { return .rollback }
                // It is nobody's: unlike the version beside it, on which everything depends.
                let number = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
                try database.execute(sql: "PRAGMA application_id = \(number)")
                return .commit
            }
        }
        if !isProven { lastProof.withLock { $0 = now } }
    }
}
