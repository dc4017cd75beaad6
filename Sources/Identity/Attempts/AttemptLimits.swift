/// How often passwords may be tried, and from where. Only attempts that fail count in the end.
///
/// A limit must not be a weapon: where ten wrong passwords lock an account, anyone can lock out anyone. So nothing here
/// locks. Attempts that are over a limit are told to come back in some seconds, at most ``accountSeconds``; refused ones
/// do not count, so those seconds never grow into a lock; and what counts against whom is separated:
///
/// - **A place** (an address, see ``Place``) may fail ``placeBurst`` times at once, then once in ``placeSeconds``, over
///   all accounts together. That stops the trying of one password on many accounts. A whole class behind one address
///   mistypes less than that. Attempts under way at this moment may go past it; the queue for hashes bounds those.
/// - **An account** may be failed at ``accountBurst`` times at once, then once in a tenth of ``accountSeconds``, and
///   after as many again once in ``accountSeconds``: the delays grow as the failures add up. Over a day that leaves a
///   guesser fewer than 3,000 attempts, however many addresses they have.
/// - **At home**, at a place from where this account was signed in to in the last 30 days, it has such a limit of its
///   own, with ten times the burst. So nobody who fails elsewhere delays the owner where they usually are, not for a
///   moment. What remains: a guesser at the same place as the owner, or an owner who comes from a new place while a
///   guesser tries without a pause, compete for the next free second with that guesser.
/// - **Who holds a token** and asks for another password is limited by account as well, but apart from the above:
///   nobody without a token of theirs can stand in an owner's way there.
/// - **Registering** is refused for a while to a place that has asked for ``placeBurst`` names that were taken: who
///   does that is collecting names.
/// - **New accounts** from one place are as many as ``placeBurst`` at once, then one in ten times ``placeSeconds``: a
///   class may register together, and nobody keeps the hash threads busy by adding users for ever.
/// - **Links for forgotten passwords** can be asked for as often as this: by place, and by the account's name, once in
///   ``accountSeconds`` after ``accountBurst``. Here each one counts, as there is no success to see.
/// - **Mails** are limited by user (5 of a kind at once, then one in a quarter of an hour) and by address (50 at once, then
///   one a minute), links and warnings apart: many accounts with somebody else's address are no way to bury it in mail.
///   An address's own limit is ten users wide, so that who wants to use it up, to keep a warning from its owner, has to
///   send fifty before.
///
/// A name that nobody has is limited like one that somebody has, so 429 tells nothing. (Except to somebody at the
/// owner's own place: from there, the account at home bears more.)
///
/// An attempt at an account is counted before its password is hashed, and taken back if it succeeds: otherwise a
/// thousand guesses at once would all be let in before the first has failed.
public struct AttemptLimits: Sendable, Equatable {
    /// How many attempts at one account may fail at once.
    public var accountBurst: Int
    /// In how many seconds one more may, when the delay has grown to its end.
    public var accountSeconds: Int
    /// How many attempts from one place may fail at once.
    public var placeBurst: Int
    /// In how many seconds one more may.
    public var placeSeconds: Int

    /// What holds unless somebody says otherwise.
    public static let standard = AttemptLimits(accountBurst: 10, accountSeconds: 30, placeBurst: 100, placeSeconds: 1)
    /// How long a place stays home after a sign-in, in milliseconds.
    static let homeLife = 30 * 86_400_000
    /// How many times more often an account may be failed at where it is at home.
    static let homeFactor = 10

    /// Limits of the operator's own. All are at least 1.
    public init(accountBurst: Int, accountSeconds: Int, placeBurst: Int, placeSeconds: Int) {
        self.accountBurst = accountBurst
        self.accountSeconds = accountSeconds
        self.placeBurst = placeBurst
        self.placeSeconds = placeSeconds
    }

    var place: GCRA { GCRA(burst: placeBurst, interval: placeSeconds * 1000) }

    var registrations: GCRA { GCRA(burst: placeBurst, interval: placeSeconds * 10_000) }
    var mailsOfUser: GCRA { GCRA(burst: 5, interval: 900_000) }
    var mailsToAddress: GCRA { GCRA(burst: 50, interval: 60_000) }

    /// The limits of one account, the quick one first.
    func account(atHome: Bool) -> [GCRA] {
        let burst = accountBurst * (atHome ? Self.homeFactor : 1)
        return [
            GCRA(burst: burst, interval: accountSeconds * 100), GCRA(burst: 2 * burst, interval: accountSeconds * 1000),
        ]
    }
}

/// Things that are limited together: each has a key, and its own limit.
struct Buckets {
    private let pairs: [(key: AttemptKey, limit: GCRA)]

    init(_ pairs: [(key: AttemptKey, limit: GCRA)]) {
        self.pairs = pairs
    }

    /// The buckets of an account, which `parts` name.
    init(_ kind: StaticString, _ parts: [UInt8], _ limits: [GCRA]) {
        pairs = limits.indices.map { (AttemptKey(kind, parts, [UInt8($0)]), limits[$0]) }
    }

    var keys: [AttemptKey] { pairs.map(\.key) }

    /// How long one has to wait for room in all of them, in milliseconds; 0 if there is.
    func wait(_ times: [AttemptKey: Int], at now: Int) -> Int {
        pairs.map { $0.limit.wait(times[$0.key], at: now) }.max() ?? 0
    }

    func add(to times: inout [AttemptKey: Int], at now: Int) {
        for (key, limit) in pairs { times[key] = limit.adding(to: times[key], at: now) }
    }

    func remove(from times: inout [AttemptKey: Int], at now: Int) {
        for (key, limit) in pairs { times[key] = limit.removing(from: times[key], at: now) }
    }
}
