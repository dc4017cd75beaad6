public import Statistics

/// What came of all requests of one kind.
public struct KindFigures: Sendable {
    /// How many were sent, or should have been.
    public private(set) var sent = 0
    /// How many were answered as they should be.
    public var answered: Int { latency.count }
    /// How many were not, by what happened instead.
    public private(set) var failures: [String: Int] = [:]
    /// The nanoseconds from when a request should have begun to its good answer.
    public private(set) var latency = Histogram()
    /// How many statements the servers ran for the good answers, as they tell in `Server-Timing`; nil if one did not tell.
    public private(set) var statements: Int? = 0

    /// How many failed.
    public var failed: Int { failures.values.reduce(0, +) }

    mutating func answer(after nanoseconds: Int, statements: Int?) {
        sent += 1
        latency.record(nanoseconds)
        if let sum = self.statements { self.statements = statements.map { sum + $0 } }
    }

    mutating func fail(_ reason: String) {
        sent += 1
        failures[reason, default: 0] += 1
    }
}

/// What came of all.
public struct LoadFigures: Sendable {
    /// By kind, those that did not happen included.
    public internal(set) var kinds: [Kind: KindFigures] = [:]
    /// The nanoseconds by which requests began late: for want of a visitor who could, or because this program was busy.
    public internal(set) var delay = Histogram()
    /// The seconds from the first request to the last answer.
    public internal(set) var seconds = 0.0

    /// How many requests there were of all kinds.
    public var sent: Int { kinds.values.reduce(0) { $0 + $1.sent } }
    /// How many of all kinds were answered as they should be.
    public var answered: Int { kinds.values.reduce(0) { $0 + $1.answered } }
    /// How many of all kinds were not.
    public var failed: Int { kinds.values.reduce(0) { $0 + $1.failed } }
}

/// How it goes.
public enum LoadProgress: Sendable {
    /// So many visitors of all are signed in.
    case signedIn(Int, of: Int)
    /// A second has passed.
    case second(Second)

    /// What has happened by the end of a second.
    public struct Second: Sendable {
        /// Seconds since the first request.
        public let seconds: Double
        /// Requests that were answered as they should be, since the first.
        public let answered: Int
        /// Requests that were not.
        public let failed: Int
        /// Requests that have begun, or should have, and not ended.
        public let open: Int
        /// The nanoseconds that answers of this second alone have taken.
        public let latency: Histogram
    }
}
