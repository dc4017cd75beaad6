/// What is taken to be so of a deployment and of those who use it. Each is a guess that anybody may replace by what they
/// have measured.
public struct Assumptions: Sendable, Equatable {
    /// How many people are registered.
    public var users: Double
    /// The share of them who come on a day.
    public var active = 0.2
    /// How often each of those comes on that day, further apart than an access token lives.
    public var visits = 2.0
    /// How many minutes a visit lasts.
    public var minutes = 10.0
    /// How many requests a visitor sends in a minute of it.
    public var requestsPerMinute = 6.0
    /// How often on a day somebody who comes signs in with a password: refresh tokens do the rest.
    public var signIns = 0.1
    /// How often on a day somebody who comes signs out, signs out everywhere or changes the password.
    public var revocations = 0.02
    /// By how much the busiest hour is above the mean.
    public var peak = 3.0
    /// The minutes that an access token lives.
    public var accessMinutes = 15.0
    /// The devices on which somebody is signed in.
    public var devices = 2.0

    /// The processor time that a server takes for a request whose token is checked, in microseconds.
    public var requestMicroseconds = 30.2
    /// The processor time that a server takes for a renewal, in microseconds.
    public var renewalMicroseconds = 384.0
    /// The processor time of a sign-in, in milliseconds: the password's hash, beside which all else is little.
    public var signInMilliseconds = 183.0
    /// The processor time that the database takes for a renewal, in microseconds.
    public var renewalDatabaseMicroseconds = 200.0
    /// The processor time that the database takes for a sign-in, in microseconds.
    public var signInDatabaseMicroseconds = 1_000.0
    /// The processor time that the database takes for a revocation, in microseconds.
    public var revocationDatabaseMicroseconds = 500.0
    /// The share of its processors that a server should use in the busiest hour, so that another's failure can be borne.
    public var busy = 0.5
    /// The processors of a server.
    public var processors = 8.0

    /// Statements that write, for a renewal.
    public var renewalWrites = 1.0
    /// Statements that write, for a sign-in: the session, the limits of attempts, the audit record.
    public var signInWrites = 9.0
    /// Statements that write, for a revocation: the count or the session, the feed, the audit record.
    public var revocationWrites = 3.0
    /// The writes that one database takes in a second, with each on its disk before it is answered.
    public var databaseWrites = 5_000.0
    /// The bytes that a session takes in the database, indexes included.
    public var sessionBytes = 400.0
    /// The bytes that one revocation takes in the memory of each server.
    public var entryBytes = 64.0

    /// The standard assumptions, for so many users.
    public init(users: Double) {
        self.users = users
    }
}
