/// A deployment whose revocation feed is simulated.
public struct FeedPlan: Sendable, Equatable {
    /// How a server learns what is new.
    public enum Way: Sendable, Equatable {
        /// The database sends it at once.
        case notify
        /// The server asks every so many seconds.
        case poll(seconds: Double)
    }

    /// How many servers learn of each revocation.
    public var servers = 1_000
    /// How many read replicas stand between the primary database and the servers; 0 is none: all are at the primary.
    public var replicas = 0
    /// How they learn.
    public var way = Way.notify
    /// Revocations a second, on average; they come at random, independently.
    public var rate = 100.0
    /// How many revocations are simulated.
    public var revocations = 1_000
    /// How long a message is under way, from machine to machine.
    public var link = Latency(median: 0.000_5, p99: 0.005)
    /// The seconds that a database needs to send one message: it sends one after the other.
    public var sendSeconds = 0.000_005
    /// The bytes of a message about one revocation.
    public var messageBytes = 120.0
    /// The bytes of a question and of its answer, beside what is new.
    public var pollBytes = 200.0
    /// The bytes that a revocation takes in a server's memory.
    public var entryBytes = 64.0
    /// The seconds for which it does: an access token's life.
    public var life = 900.0
    /// What all chance is drawn from.
    public var seed: UInt64 = 0

    /// A thousand servers that the primary database notifies of a hundred revocations a second.
    public init() {}

    /// Where servers get their feed from: the replicas, or the primary.
    var sources: Int { max(1, replicas) }
}
