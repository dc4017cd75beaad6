import Synchronization
public import Tokens

/// What a server remembers of revocations: which users' counts have grown, and which sessions have ended. A token is held
/// against it without a lock and without a statement.
///
/// An entry dies after one access token's life, when every token that it is about has expired. There are two tables: new
/// entries go into one of them, and when the other has been left alone for a life, it is emptied and takes its turn. So an
/// entry lives for one life at least and for two at most, and nothing is ever searched for what is old.
///
/// An entry takes 16 bytes in a table that is three quarters full at most: 21 bytes when it is just that, and up to eight
/// times as much when it has just grown. ``ceiling`` entries find room in a life. Beyond that, nothing is forgotten; the
/// rule becomes coarser: no token that was issued up to then, or by a clock that is ahead a moment later, is taken from
/// memory any more, so everybody has to renew. As long as more come, that goes on: then tokens are of little use, and what
/// holds is that none is taken that was revoked.
public final class RevocationList: Sendable {
    /// What the list says of a token.
    public enum Verdict: Sendable, Equatable {
        /// Nothing that is known revokes it.
        case good
        /// It has been revoked.
        case revoked
        /// It has been revoked, and its session has ended.
        case ended
        /// It was issued longer ago than the list remembers: by a server whose access tokens live longer than here.
        case tooOld
        /// Nothing that is known revokes it, and its count is above the one that is known: whoever issued it had heard of
        /// a revocation that this list has not heard of. So it is behind, and has to look again.
        case ahead
    }

    /// How many revocations find room in one life.
    public static var ceiling: Int { FingerprintTable.capacity }

    /// How many seconds an entry lives at least.
    public let life: Int
    private let fingerprint = Fingerprint()
    private let tables = (FingerprintTable(), FingerprintTable())
    /// Tokens that were issued at this time or before are not taken from memory, in whole seconds since 1970.
    private let floor = Atomic<Int>(.min)

    private struct Turn {
        var isFirst = true
        var since: ContinuousClock.Instant
    }
    private let turn: Mutex<Turn>

    /// How long a statement may take, from the moment whose time it carries: what comes to an access token's life.
    static let slack = 10
    /// The number under which a session is: no count is so high.
    private static let all = UInt64.max

    /// An empty list.
    ///
    /// - Parameters:
    ///   - accessLife: how many seconds an access token lives.
    ///   - leeway: by how many seconds other servers' clocks may be ahead.
    public init(accessLife: Int, leeway: Int, at now: ContinuousClock.Instant = .now) {
        life = accessLife + leeway + Self.slack
        turn = Mutex(Turn(since: now))
    }

    /// How many entries it holds, some of which may be over.
    public var count: Int { tables.0.count + tables.1.count }

    /// How many bytes it has taken from the system.
    public var bytes: Int { tables.0.bytes + tables.1.bytes }

    /// Holds a token against the list. Any thread may ask; none waits.
    ///
    /// - Parameter now: the time in whole seconds since 1970; asked for only if it matters.
    public func verdict(on token: VerifiedToken<AccessClaims>, at now: () -> Int) -> Verdict {
        let (count, issuedAt, expiresAt) = token.numbers
        if expiresAt - issuedAt > life, issuedAt <= now() - life { return .tooOld }
        if issuedAt <= floor.load(ordering: .relaxed) { return .revoked }
        guard !tables.0.isEmpty || !tables.1.isEmpty else { return .good }
        let (user, session) = token.fingerprints(by: fingerprint)
        if number(session) > 0 { return .ended }
        let known = number(user)
        if UInt64(count) < known { return .revoked }
        return UInt64(count) > known && known > 0 ? .ahead : .good
    }

    private func number(_ fingerprint: UInt64) -> UInt64 {
        max(tables.0.number(of: fingerprint), tables.1.number(of: fingerprint))
    }

    /// Takes up what was revoked. Twice is as once.
    ///
    /// - Parameter time: the time in whole seconds since 1970, and the leeway with it: no token of before is younger.
    public func add(_ entries: [Revocation], at time: Int, now: ContinuousClock.Instant = .now) {
        turn.withLock { turn in
            takeTurns(&turn, now)
            let young = turn.isFirst ? tables.0 : tables.1
            for entry in entries where !add(entry, to: young) {
                floor.store(max(floor.load(ordering: .relaxed), time), ordering: .relaxed)
            }
        }
    }

    /// Lets die what is old enough.
    public func age(to now: ContinuousClock.Instant = .now) {
        turn.withLock { takeTurns(&$0, now) }
    }

    private func add(_ entry: Revocation, to table: FingerprintTable) -> Bool {
        var (kind, id, number) = (Fingerprint.Kind.user, entry.user.rawValue, Self.all)
        switch entry.scope {
        case .below(let count): number = UInt64(max(0, count))
        case .session(let session): (kind, id) = (.session, session.rawValue)
        }
        return table.raise(fingerprint.of(kind, id), to: number)
    }

    private func takeTurns(_ turn: inout Turn, _ now: ContinuousClock.Instant) {
        guard now - turn.since >= .seconds(life) else { return }
        (turn.isFirst ? tables.1 : tables.0).removeAll()
        turn.isFirst.toggle()
        turn.since = now
    }
}
