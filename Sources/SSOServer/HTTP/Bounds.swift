import Foundation

/// What one server takes from the outside, at most. Whatever is not here is bounded where it is kept: the queue for
/// password hashes by `PasswordHasher.maximumWait`, a call of the database by `SQLiteStore.maximumWait`, the log by
/// ``LogWriter/capacity`` and ``LogLines/maximumLength``, failed attempts by `AttemptLimits`.
struct Bounds: Sendable, Equatable {
    /// Open connections in all. Beyond it, new ones wait in the kernel's queue, of ``backlog``, until another ends.
    var connections = Bounds.mostConnections
    /// Open connections from one place: beyond it, new ones are closed at once. With less than all of them, slow clients
    /// at one address cannot keep others out. Behind a proxy, everybody comes from the proxy's address.
    var connectionsPerPlace = Bounds.mostConnections / 4
    /// Whether one place may have a share alone, of the connections and of whatever else is for all. Where it may have all
    /// connections, it is taken for a proxy, from which everybody comes.
    var keepsRoomForOthers: Bool { connectionsPerPlace < connections }
    /// How many seconds a request's head may take, from its first byte (on a new connection, from the beginning) to its
    /// last; its body as long again; and how long an answer may wait for a client that takes nothing of it.
    var requestSeconds = 10
    /// How many seconds a connection may wait for its next request.
    var idleSeconds = 60

    /// As many connections as are useful; fewer where the process may not open so many files.
    static let mostConnections = 4096
    /// New connections that the kernel keeps waiting.
    static let backlog = 256
    /// Bytes of a request's header fields, names and values, and of its first line: beyond it, 431.
    static let headerBytes = 32_768
    /// Header fields of a request: beyond it, 431.
    static let headerCount = 100
    /// Bytes of a request's target, which is path and query: beyond it, 414.
    static let targetBytes = 16_384
    /// Bytes of a request's body: beyond it, 413.
    static let bodyBytes = 16_384
    /// How many seconds the rest of a refused request is read, and thrown away: who is cut off while sending does not
    /// see the answer (RFC 9112 section 9.6).
    static let lingerSeconds = 2
    /// Descriptors that are not for connections: the database's files, the log, the event loops.
    static let ownDescriptors = 64

    /// How many connections the process may open.
    static var openConnections: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return mostConnections }
        return connections(forDescriptors: Int(clamping: limit.rlim_cur))
    }

    /// How many connections go with so many descriptors.
    static func connections(forDescriptors limit: Int) -> Int {
        min(mostConnections, max(1, limit - ownDescriptors))
    }
}
