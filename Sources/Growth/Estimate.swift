/// What follows from ``Assumptions``: by multiplication alone, so that anyone can follow it. All per second are of the
/// busiest hour.
public struct Estimate: Sendable {
    private let a: Assumptions

    /// Works out what follows.
    public init(_ assumptions: Assumptions) {
        a = assumptions
    }

    /// What happens so often to each who comes on a day, in a second of the busiest hour.
    private func perSecond(_ timesADay: Double) -> Double { a.users * a.active * timesADay * a.peak / 86_400 }

    /// Requests with an access token, which no database is asked about.
    public var requests: Double { perSecond(a.visits * a.minutes * a.requestsPerMinute) }

    /// Renewals. A visit begins with one, as the access token of the visit before is over, and needs one more for each
    /// further access token's life.
    public var renewals: Double { perSecond(a.visits * max(1, (a.minutes / a.accessMinutes).rounded(.up))) }

    /// Sign-ins with a password.
    public var signIns: Double { perSecond(a.signIns) }

    /// Sign-outs, sign-outs everywhere and changes of passwords.
    public var revocations: Double { perSecond(a.revocations) }

    /// Processors that check tokens.
    public var requestProcessors: Double { requests * a.requestMicroseconds / 1e6 }

    /// Processors that renew.
    public var renewalProcessors: Double { renewals * a.renewalMicroseconds / 1e6 }

    /// Processors that hash passwords.
    public var signInProcessors: Double { signIns * a.signInMilliseconds / 1e3 }

    /// Servers of both kinds together, none busier than it should be. Two at least of each kind, so that one may fail.
    public var servers: Double {
        let processors = requestProcessors + renewalProcessors + signInProcessors
        return max(4, (processors / a.busy / a.processors).rounded(.up))
    }

    /// Statements that write to the database.
    public var writes: Double {
        renewals * a.renewalWrites + signIns * a.signInWrites + revocations * a.revocationWrites
    }

    /// Processors of the databases, for all that is written.
    public var databaseProcessors: Double {
        (renewals * a.renewalDatabaseMicroseconds + signIns * a.signInDatabaseMicroseconds
            + revocations * a.revocationDatabaseMicroseconds) / 1e6
    }

    /// Databases among which users have to be shared out so that each bears its writes.
    public var shards: Double { max(1, (writes / a.databaseWrites).rounded(.up)) }

    /// Bytes of all sessions.
    public var sessionBytes: Double { a.users * a.devices * a.sessionBytes }

    /// Revocations that a server has in memory: those of one access token's life.
    public var entries: Double { revocations * a.accessMinutes * 60 }

    /// Bytes that these take in each server.
    public var entryBytes: Double { entries * a.entryBytes }

    /// Messages in which all servers together are told of revocations, if each is told of each.
    public var messages: Double { revocations * servers }
}
