import Identity

/// What went wrong between us and the database's server.
enum PostgresError: Error {
    /// There is no connection, and none can be had now.
    case unreachable(String)
    /// The connection broke, or gave no answer in time.
    ///
    /// - `isUndone`: whether it is certain that nothing came of the call: what was sent had no effect without a
    ///   COMMIT, and none was sent.
    case lost(String, isUndone: Bool)
    /// The server answered with an error, and has undone the statement's transaction.
    case refused(state: String, String)
    /// What was read is not what is known any more: the call has to be made once more.
    case outOfStep

    /// Whether the same call may be made again at once: nothing came of this one, and the cause may be gone.
    var mayBeRepeated: Bool {
        switch self {
        case .lost(_, let isUndone): isUndone
        case .refused(let state, _): Self.conflicts.contains(state)
        case .outOfStep: true
        case .unreachable: false
        }
    }

    /// Whether others were in the way, who want a moment.
    var isConflict: Bool {
        if case .lost = self { return false }
        return mayBeRepeated
    }

    /// `serialization_failure` and `deadlock_detected`: the transaction was undone so that another could go on.
    private static let conflicts: Set<String> = ["40001", "40P01"]
}

extension StoreError {
    /// What an error of the database means to who called the store.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case PostgresError.unreachable(let text): self = .unavailable(text)
        case PostgresError.lost(let text, isUndone: true): self = .unavailable(text)
        case PostgresError.lost(let text, isUndone: false):
            // Never made again blindly: it may have been done.
            self = .unavailable("\(text); whether the last change was made is not known")
        case PostgresError.refused(let state, let text) where Self.isPassing(state):
            self = .unavailable("\(text) (PostgreSQL \(state))")
        case PostgresError.refused(let state, let text): self = .failed("\(text) (PostgreSQL \(state))")
        case PostgresError.outOfStep: self = .unavailable("the database is busy: others changed the same in between")
        default: self = .failed("\(type(of: error))")
        }
    }

    /// Whether the same call may succeed later, when the server, its disk or its operator's mind is better. By the
    /// classes of SQLSTATE: connections, resources, operators and the system; conflicts; and what a server says that is
    /// not the one that writes.
    private static func isPassing(_ state: String) -> Bool {
        ["08", "28", "40", "53", "55", "57", "58"].contains(state.prefix(2))
            || ["25006", "26000", "3D000", "42501"].contains(state)
    }
}
