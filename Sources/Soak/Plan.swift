import Statistics

/// What is done in one round, all of it drawn from a seed: the same seed gives the same plan. In which order the servers
/// see it, and where a kill meets it, is another matter each time.
public struct Plan: Sendable {
    /// When servers are killed.
    public enum Kills: Sendable {
        /// Never.
        case none
        /// So many, evenly among the operations.
        case evenly(Int)
    }

    /// What everything is drawn from.
    public var seed: UInt64
    /// How many users there are, new ones in each round.
    public var users = 10
    /// How many devices each of them has. All devices work at once.
    public var devices = 3
    /// How many operations there are in all, beside the sign-ins that they need.
    public var operations: Int
    /// When servers are killed.
    public var kills = Kills.none
    /// Which servers are killed, each alone or all together; by how their names begin.
    public var victims = ["bank", "retirement"]
    /// How often PostgreSQL is killed, evenly among the operations; where there is one.
    public var databaseKills = 0
    /// How often a server is cut off from PostgreSQL, likewise.
    public var cuts = 0
    /// How long a cut lasts at most.
    public var longestCut = Duration.seconds(8)
    /// How many of a hundred operations only look who somebody is.
    public var checks = 40

    /// A plan.
    public init(seed: UInt64, operations: Int) {
        self.seed = seed
        self.operations = operations
    }
}

/// What a device does next.
struct Step: Sendable {
    /// The kinds of things that a device does. Without a session, it signs in instead.
    enum Kind: Sendable {
        /// Asks who it is.
        case check
        /// Refreshes with the token that it got last.
        case refresh
        /// The same, at both servers at once.
        case refreshTwice
        /// Refreshes with the token before that, as after a lost answer.
        case refreshPrevious
        /// Refreshes with any token that the user has had lately, on whatever device.
        case refreshOld
        case signOut
        case signOutEverywhere
        /// Signs out everywhere with an access token that may be revoked.
        case signOutEverywhereOld
        case changePassword
    }

    let kind: Kind
    /// Which server is asked first, 0 or 1.
    let server: Int
    /// Which of several, where there is a choice.
    let choice: Int

    /// Draws one.
    init(checks: Int, _ random: inout SeededGenerator) {
        let isCheck = Int.random(in: 0..<100, using: &random) < checks
        let lot = Int.random(in: 0..<100, using: &random)
        kind = isCheck ? .check : Self.kind(lot)
        server = Int.random(in: 0...1, using: &random)
        choice = Int.random(in: 0..<1_000_000, using: &random)
    }

    private static func kind(_ lot: Int) -> Kind {
        switch lot {
        case ..<45: .refresh
        case ..<63: .refreshTwice
        case ..<70: .refreshPrevious
        case ..<78: .refreshOld
        case ..<86: .signOut
        case ..<91: .signOutEverywhere
        case ..<94: .signOutEverywhereOld
        default: .changePassword
        }
    }
}
