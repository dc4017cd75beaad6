import GRDB
import Identity

extension StoreError {
    /// What an error of the database means to who called the store.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError where Self.isPassing(error.resultCode):
            self = .unavailable(Self.text(error))
        case let error as DatabaseError:
            self = .failed(Self.text(error))
        default: self = .failed("\(type(of: error))")
        }
    }

    /// Without the statement's arguments, which may be secret.
    private static func text(_ error: DatabaseError) -> String {
        "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))"
    }

    /// Whether the same call may succeed later, when the file or the disk is better.
    private static func isPassing(_ code: ResultCode) -> Bool {
        switch code {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY,
            .SQLITE_PERM, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT:
            true
        default: false
        }
    }
}
