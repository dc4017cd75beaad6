import Synchronization

/// Counts the statements that stores run for one piece of work, such as a request. A store adds to the meter of the
/// task that calls it; the one who wants to know binds a meter around the work.
public final class StatementMeter: Sendable {
    /// The meter of the current task, if anyone wants to know.
    @TaskLocal public static var current: StatementMeter?

    private let statementCount = Atomic<Int>(0)
    private let nanoseconds = Atomic<Int>(0)

    /// A meter at zero.
    public init() {}

    /// How many statements have run.
    public var statements: Int { statementCount.load(ordering: .relaxed) }

    /// How long the stores took, waiting for their turn included.
    public var duration: Duration { .nanoseconds(nanoseconds.load(ordering: .relaxed)) }

    /// Notes that a store has run this many statements in that time.
    public func add(statements: Int, duration: Duration) {
        statementCount.wrappingAdd(statements, ordering: .relaxed)
        nanoseconds.wrappingAdd(Int(duration / .nanoseconds(1)), ordering: .relaxed)
    }
}
