import GRDBSQLite
import Identity

/// The number by which SQLite tells one connection that others have changed the file (`PRAGMA data_version`), on a
/// connection that does nothing else.
///
/// It is asked fifty times a second by servers that may have nothing else to do, so it goes without GRDB's queue: a call
/// reads the shared memory beside the log, and takes a few microseconds. It never waits for a lock.
struct DataVersion: ~Copyable {
    private var handle: OpaquePointer?
    private var statement: OpaquePointer?
    private var last: Int64?

    init(path: String) throws(StoreError) {
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK,
            sqlite3_prepare_v2(handle, "PRAGMA data_version", -1, &statement, nil) == SQLITE_OK
        else {
            let error = problem
            sqlite3_close_v2(handle)
            throw error
        }
    }

    deinit {
        sqlite3_finalize(statement)
        sqlite3_close_v2(handle)
    }

    /// Lets go of the file.
    mutating func close() {
        sqlite3_finalize(statement)
        sqlite3_close_v2(handle)
        (statement, handle) = (nil, nil)
    }

    /// Whether the number is another than at the last call; the first call says yes.
    mutating func hasChanged() throws(StoreError) -> Bool {
        guard let statement else { throw .unavailable("the database was closed") }
        defer { sqlite3_reset(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { throw problem }
        let now = sqlite3_column_int64(statement, 0)
        defer { last = now }
        return last != now
    }

    private var problem: StoreError {
        .unavailable("\(String(cString: sqlite3_errmsg(handle))) (SQLite \(sqlite3_extended_errcode(handle)))")
    }
}
