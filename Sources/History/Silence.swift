/// A time in which a server could not hear of revocations: it was cut off from the database, or that was down.
///
/// What it had heard before stays in force. What was revoked shortly before or meanwhile it has to learn afterwards.
public struct Silence: Sendable, Equatable {
    /// The server's name.
    public var server: String
    /// The last moment at which it could surely hear, in nanoseconds, as in ``Event/begin``.
    public var begin: Int
    /// The first moment at which it could surely hear again.
    public var end: Int

    /// One entry.
    public init(server: String, begin: Int, end: Int) {
        self.server = server
        self.begin = begin
        self.end = end
    }
}

/// The silences of all servers.
struct Silences {
    private let byServer: [String: [Silence]]

    init(_ silences: [Silence]) {
        // The latest first: that is how they are gone through.
        byServer = Dictionary(grouping: silences, by: \.server).mapValues { $0.sorted { $0.begin > $1.begin } }
    }

    /// Up to when the server of a check must have heard of what was acknowledged: since then, and before the check was
    /// begun, it was able to hear for as long as the bound without a break.
    func heard(in check: Event, within bound: Int) -> Int {
        var end = check.begin
        for silence in byServer[check.server] ?? [] {
            if silence.begin < end, silence.end > end - bound { end = silence.begin }
        }
        return end - bound
    }
}
