import History
public import Statistics

/// What was done, in numbers.
public struct Figures: Sendable {
    /// Looks at who somebody is.
    public var checks = 0
    /// Refreshes, whatever was answered.
    public var refreshes = 0
    /// Sign-ins, likewise.
    public var signIns = 0
    /// Sign-outs, likewise.
    public var signOuts = 0
    /// Sign-outs everywhere, likewise.
    public var signOutsEverywhere = 0
    /// Changes of password, likewise.
    public var passwordChanges = 0
    /// Answers 401, each of which the checker has explained.
    public var refused = 0
    /// Answers 503 and 429.
    public var unavailable = 0
    /// Operations without an answer: their server was killed.
    public var lost = 0
    /// Attempts that found a server down, and did not count as operations.
    public var serverDown = 0
    /// Servers killed with SIGKILL.
    public var kills = 0
    /// Servers that were ready again after it.
    public var recoveries = 0

    /// Answers 503 of servers that had lost their database, which may have done it or not.
    public var doubtful = 0
    /// PostgreSQL killed with SIGKILL.
    public var databaseKills = 0
    /// How often both servers were ready again after it.
    public var databaseRecoveries = 0
    /// How often a server was cut off from its database.
    public var cuts = 0
    /// How often a server that was cut off still took a token that had been revoked at the other one.
    public var takenWhileCut = 0
    /// From the healing until a server refused such a token from memory, in nanoseconds. Those that were killed meanwhile
    /// are not counted.
    public var catchUps = Histogram()

    /// Nothing yet.
    public init() {}

    /// All operations.
    public var operations: Int {
        checks + refreshes + signIns + signOuts + signOutsEverywhere + passwordChanges
    }

    /// Adds those of another round.
    public static func += (total: inout Figures, more: Figures) {
        for figure in (names + databaseNames).map(\.figure) { total[keyPath: figure] += more[keyPath: figure] }
        total.catchUps.merge(more.catchUps)
    }

    /// The figures beside the sum of all operations, with their names; those of PostgreSQL only where something happened
    /// to it.
    public var rows: [(name: String, number: Int)] {
        let names = Self.names + (databaseKills + cuts > 0 ? Self.databaseNames : [])
        return names.map { ($0.name, self[keyPath: $0.figure]) }
    }

    private static var names: [(name: String, figure: WritableKeyPath<Figures, Int>)] {
        [
            ("checks", \.checks), ("refreshes", \.refreshes), ("sign-ins", \.signIns), ("sign-outs", \.signOuts),
            ("sign-outs everywhere", \.signOutsEverywhere), ("password changes", \.passwordChanges),
            ("refused", \.refused), ("busy", \.unavailable), ("unanswered", \.lost), ("server down", \.serverDown),
            ("kills", \.kills), ("recoveries", \.recoveries),
        ]
    }

    private static var databaseNames: [(name: String, figure: WritableKeyPath<Figures, Int>)] {
        [
            ("left open", \.doubtful), ("kills of PostgreSQL", \.databaseKills),
            ("recoveries of PostgreSQL", \.databaseRecoveries),
            ("cuts", \.cuts), ("taken while cut off", \.takenWhileCut),
        ]
    }

    /// All in a line.
    public var line: String {
        "\(operations) operations: "
            + rows.map { "\($0.number) \($0.name)" }.joined(separator: ", ")
    }

    mutating func count(_ event: Event) {
        switch event.operation {
        case .signIn: signIns += 1
        case .refresh: refreshes += 1
        case .signOut: signOuts += 1
        case .signOutEverywhere: signOutsEverywhere += 1
        case .changePassword: passwordChanges += 1
        case .check: checks += 1
        }
        switch event.answer {
        case .refused: refused += 1
        case .unavailable: unavailable += 1
        case .lost: lost += 1
        case .doubtful: doubtful += 1
        case .tokens, .done, .unexpected: break
        }
    }
}
