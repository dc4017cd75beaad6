import CLibpq
import Identity

/// What a statement gave back, copied out of libpq's memory.
struct Rows {
    /// The rows that it returned.
    let rows: [Row]
    /// How many rows it changed.
    let changes: Int

    var first: Row? { rows.first }

    init(_ result: OpaquePointer) {
        let names = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        let columns = Dictionary(zip(names, names.indices)) { first, _ in first }
        rows = (0..<PQntuples(result)).map { row in
            Row(
                columns: columns,
                values: names.indices.map { column in
                    let column = Int32(column)
                    guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                        return nil
                    }
                    return Array(UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column))))
                })
        }
        changes = Int(String(cString: PQcmdTuples(result))) ?? 0
    }
}

/// One row, its values in PostgreSQL's binary form.
struct Row: Equatable {
    fileprivate let columns: [String: Int]
    fileprivate let values: [[UInt8]?]

    /// A value, or nil where it is null.
    func bytesIfAny(_ name: String) -> [UInt8]? { columns[name].flatMap { values[$0] } }

    func textIfAny(_ name: String) -> String? { bytesIfAny(name).map { String(decoding: $0, as: UTF8.self) } }

    /// An integer of whatever width.
    func integerIfAny(_ name: String) -> Int? {
        guard let bytes = bytesIfAny(name), let first = bytes.first, bytes.count <= 8 else { return nil }
        return bytes.reduce(first < 0x80 ? 0 : -1) { $0 << 8 | Int($1) }
    }

    func text(_ name: String) throws(StoreError) -> String { try there(textIfAny(name), name) }

    func integer(_ name: String) throws(StoreError) -> Int { try there(integerIfAny(name), name) }

    func bytes(_ name: String) throws(StoreError) -> [UInt8] { try there(bytesIfAny(name), name) }

    private func there<Value>(_ value: Value?, _ name: String) throws(StoreError) -> Value {
        guard let value else { throw .failed("the database gave no \(name)") }
        return value
    }
}
