import Identity
import Synchronization

/// How many connections each place has open, so that none has all of them.
final class ConnectionCount: Sendable {
    private let open = Mutex<[Place: Int]>([:])
    private let limit: Int

    /// - Parameter limit: how many a place may have, at least 1.
    init(limit: Int) {
        self.limit = limit
    }

    /// Counts a new connection. Whether or not there is room for it, it must leave again.
    ///
    /// - Returns: whether there is room.
    func enter(from place: Place) -> Bool {
        open.withLock { open in
            let count = open[place, default: 0] + 1
            open[place] = count
            return count <= limit
        }
    }

    /// Counts a connection that has ended.
    func leave(from place: Place) {
        open.withLock { open in
            let count = open[place, default: 0] - 1
            open[place] = count > 0 ? count : nil
        }
    }
}
