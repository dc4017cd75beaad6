import Foundation
import GRDBSQLite

/// A SQLite file through SQLite's own calls alone: what a bare transaction costs, and rows by the million.
final class SQLiteFile {
    private let connection: OpaquePointer

    /// Opens the file with the servers' pragmas, and makes it where there is none.
    init(_ path: String) throws {
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let connection else {
            throw Failure("cannot open \(path)", hint: "see whether the disk is full")
        }
        self.connection = connection
        sqlite3_busy_timeout(connection, 5000)
        try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    }

    deinit { sqlite3_close_v2(connection) }

    /// Runs statements that take no arguments.
    func execute(_ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
    }

    func prepare(_ sql: String) throws -> Statement {
        var handle: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &handle, nil) == SQLITE_OK, let handle else { throw failure }
        return Statement(handle, of: self)
    }

    fileprivate var failure: Failure {
        Failure("SQLite: \(String(cString: sqlite3_errmsg(connection)))", hint: "see whether the disk is full")
    }

    /// A statement that is run again and again.
    final class Statement {
        private let handle: OpaquePointer
        private let file: SQLiteFile

        fileprivate init(_ handle: OpaquePointer, of file: SQLiteFile) {
            self.handle = handle
            self.file = file
        }

        deinit { sqlite3_finalize(handle) }

        /// Runs it to its end, with an integer and then texts as its arguments.
        func run(_ number: Int, _ texts: String...) throws {
            // SQLite copies a text that it is told may change.
            let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            sqlite3_bind_int64(handle, 1, Int64(number))
            for (index, text) in texts.enumerated() { sqlite3_bind_text(handle, Int32(index + 2), text, -1, copied) }
            while true {
                switch sqlite3_step(handle) {
                case SQLITE_ROW: continue
                case SQLITE_DONE:
                    sqlite3_reset(handle)
                    return
                default: throw file.failure
                }
            }
        }
    }
}
