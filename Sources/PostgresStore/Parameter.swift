import CLibpq

/// A value on its way into a statement. It travels as bytes with a length, never as part of a statement's text.
enum Parameter {
    case text(String?)
    case integer(Int?)
    case bytes([UInt8])

    /// The type that the server is told, so that it need not guess: `text`, `bigint` or `bytea`.
    var type: Oid {
        switch self {
        case .text: 25
        case .integer: 20
        case .bytes: 17
        }
    }

    /// PostgreSQL's binary form; nil for null.
    var binary: [UInt8]? {
        switch self {
        case .text(let text): text.map { Array($0.utf8) }
        case .integer(let number): number.map { number in withUnsafeBytes(of: Int64(number).bigEndian) { Array($0) } }
        case .bytes(let bytes): bytes
        }
    }
}

extension [Parameter] {
    /// Calls `body` with what libpq wants: pointers to the values, nil for null, and their lengths.
    func withPointers<Result>(_ body: ([UnsafePointer<CChar>?], [Int32]) -> Result) -> Result {
        let values = map(\.binary)
        // A byte more, so that an empty value at the end has an address too.
        let all = values.reduce(into: []) { $0 += $1 ?? [] } + [0]
        return all.withUnsafeBytes { buffer in
            var offset = 0
            let pointers = values.map { value -> UnsafePointer<CChar>? in
                defer { offset += value?.count ?? 0 }
                guard value != nil else { return nil }
                return buffer.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            }
            return body(pointers, values.map { Int32($0?.count ?? 0) })
        }
    }
}
