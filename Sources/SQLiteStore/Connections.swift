import GRDB
import Identity

/// The two connections of a process to one database file: SQLite lets one write while others read.
struct Connections: Sendable {
    let file: FileIdentity
    let writer: Connection
    let reader: Connection

    /// Opens the file, and makes it where there is none.
    init(path: String) throws(StoreError) {
        writer = try Connection(path: path, label: "writer")
        reader = try Connection(path: path, label: "reader")
        guard let file = FileIdentity(path: path) else { throw .unavailable("the database file \(path) is gone") }
        self.file = file
    }

    /// Brings the tables up to date. Safe when several processes do it at once.
    func migrate() throws(StoreError) {
        try writer.runNow { try Schema.migrate($0) }
    }

    /// Checks that the tables are there and up to date.
    func requireCurrentSchema() throws(StoreError) {
        try reader.runNow { try Schema.requireCurrent($0) }
    }

    func close() {
        writer.close()
        reader.close()
    }
}
