public import Statistics

/// What a simulated feed costs, and how late it is.
public struct FeedFigures: Sendable {
    /// Nanoseconds from a revocation's commit until a server knows of it: one number for each revocation and server.
    public let lag: Histogram
    /// Messages a second that the primary database sends.
    public let primaryMessages: Double
    /// Messages a second that each replica sends; 0 if there is none.
    public let replicaMessages: Double
    /// Bytes a second to all servers together.
    public let bytes: Double
    /// The share of its time that the busiest database spends on sending. At 1 or more, it falls behind for ever.
    public let busy: Double
    /// Revocations that each server has in memory, on average.
    public let entries: Double
    /// Bytes of these, with room for what chance adds: four standard deviations.
    public let memory: Double

    init(_ plan: FeedPlan, lag: Histogram) {
        self.lag = lag
        let servers = Double(plan.servers) / Double(plan.sources)
        // What the servers of one source cost it.
        let fanOut: Double
        switch plan.way {
        case .notify:
            fanOut = plan.rate * servers
            bytes = plan.rate * Double(plan.servers) * plan.messageBytes
        case .poll(let seconds):
            fanOut = servers / seconds
            bytes = Double(plan.servers) * (plan.pollBytes / seconds + plan.rate * plan.messageBytes)
        }
        let hasReplicas = plan.replicas > 0
        primaryMessages = hasReplicas ? plan.rate * Double(plan.replicas) : fanOut
        replicaMessages = hasReplicas ? fanOut : 0
        busy = max(primaryMessages, replicaMessages) * plan.sendSeconds
        // Those alive at any time are as many as come in one life (Little), and Poisson's law is how they vary.
        entries = plan.rate * plan.life
        memory = (entries + 4 * entries.squareRoot()) * plan.entryBytes
    }
}
