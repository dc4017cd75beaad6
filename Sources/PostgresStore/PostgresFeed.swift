import Identity
import NIOPosix
import Synchronization

/// The table of revocations, read through a connection of its own that is told of each new entry (`LISTEN`), where the
/// engine has that; elsewhere it looks ten times a second.
///
/// **Why nothing is missed.** It listens before it reads, so what is committed after a look is told; and after each break
/// of the connection it reads on from where it was. Numbers are given before transactions commit, so an entry may come
/// into sight after others with larger numbers: the numbers that were passed over are asked for again with each look, for
/// as long as an entry matters, and at least once after that. A COMMIT may take that long: until a standby has it, say.
///
/// **When the database is another.** Where a standby takes over that lacks the newest entries, or a backup was restored,
/// numbers fall back and are given again. So each look sees whether the entry that was read last is still there; if it is
/// not, everything is read from the beginning.
///
/// **How a cut is noticed.** A connection that was cut without a word is noticed by a look that is made every second,
/// whatever was told. It is given up when that takes much longer than looks do, as it would come back late: the longer a
/// cut lasts, the more seldom TCP tries. An attempt to connect would come back late for the same reason, so before one is
/// made, it knocks (``Knock``).
final class PostgresFeed: RevocationFeed {
    /// How many entries are read at once.
    private static let pageSize = 10_000
    /// How far back numbers are waited for: from the first entry that is found at the beginning, and from the newest later.
    private static let windows = (first: 1_000, later: 10_000)

    /// How long a look waits for its answer at least before it is made on a new connection, where it may take as long as any
    /// call.
    private static let soon = Duration.milliseconds(500)
    /// For how long it knocks before it says that nobody is there; then it does so again.
    private static let knocking = Duration.seconds(2)

    private struct State {
        var connection: PostgresConnection?
        var knock: Knock?
        var lastLook = ContinuousClock.now
        /// How long looks take, the longest of late.
        var usual = Duration.zero
        /// The newest entry that was read.
        var last: (number: Int, row: Row)?
        /// Numbers that were passed over, and when.
        var missing: [Int: ContinuousClock.Instant] = [:]
    }

    private let url: String
    /// How often the table is looked at in any case: where new entries are told, and where they are not.
    private let (told, untold): (Duration, Duration)
    /// For how long a number that was passed over is asked for.
    private let patience: Duration
    private let state = Mutex(State())
    /// Each feed has one thread, which may wait.
    private let backoff = Backoff(maximumWaiting: 1)
    private let threads = NIOThreadPool(numberOfThreads: 1)

    init(
        url: String, told: Duration = .seconds(1), untold: Duration = .milliseconds(100),
        patience: Duration = .seconds(1000)
    ) {
        self.url = url
        self.patience = patience
        (self.told, self.untold) = (told, untold)
        threads.start()
    }

    /// Ends the look that is under way and lets go of the connection.
    func close() async {
        try? await threads.shutdownGracefully()
        state.withLock { $0.connection = nil }
    }

    func mayHaveChanged() async throws(StoreError) -> Bool {
        state.withLock { state in
            guard let connection = state.connection else { return true }
            if connection.takeNotifications() { return true }
            return state.lastLook.duration(to: .now) >= (connection.canNotify ? told : untold)
        }
    }

    func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage {
        let outcome: Result<RevocationPage, StoreError> = await withCheckedContinuation { continuation in
            threads.submit { [self] pool in
                guard case .active = pool else {
                    return continuation.resume(returning: .failure(.unavailable("the store is closed")))
                }
                continuation.resume(
                    returning: Result { try state.withLock { try look(&$0, place, time) } }.mapError(StoreError.init))
            }
        }
        return try outcome.get()
    }

    private func look(_ state: inout State, _ place: Int, _ time: Int) throws -> RevocationPage {
        do {
            if let connection = state.connection, !connection.hasEnded() {
                let longest = Duration.seconds(PostgresStore.maximumWait)
                connection.begin(until: .now + min(max(state.usual * 4, Self.soon), longest))
                do {
                    return try read(connection, &state, place, time)
                } catch PostgresError.lost {
                    // A new one will tell whether the database is slow or cannot be reached.
                }
            }
            state.connection = nil
            return try read(try connect(&state), &state, place, time)
        } catch {
            state.connection = nil
            throw error
        }
    }

    private func read(
        _ connection: PostgresConnection, _ state: inout State, _ place: Int, _ time: Int
    ) throws -> RevocationPage {
        let now = ContinuousClock.now
        state.lastLook = now
        // The entry at the place too, if it is there.
        let rows = try connection.run(
            """
            SELECT * FROM (
                SELECT * FROM (
                    SELECT seq, user_id, count, session_id, at FROM revocations
                    WHERE seq >= $1 AND at >= $2 ORDER BY seq LIMIT \(Self.pageSize)) AS new
                UNION ALL
                SELECT seq, user_id, count, session_id, at FROM revocations
                WHERE seq = ANY(string_to_array($3, ',')::BIGINT[])) AS entries
            ORDER BY seq
            """,
            [
                .integer(place), .integer(time),
                .text(state.missing.keys.sorted().map(String.init).joined(separator: ",")),
            ]
        ).rows
        state.usual = max(now.duration(to: .now), state.usual * 0.9)
        let entries = try rows.map { row in (number: try row.integer("seq"), row: row) }
        if let last = state.last, last.number == place, entries.first(where: { $0.number == place })?.row != last.row {
            // Another database than the one that was read, or its past: a standby has taken over, or a backup.
            (state.last, state.missing) = (nil, [:])
            return RevocationPage(entries: [], next: 0, hasMore: true)
        }
        // Only now, as it may have been cut off for long: each is asked for once more after its time.
        state.missing = state.missing.filter { $0.value.duration(to: now) < patience }
        note(entries.map(\.number), after: place, at: now, in: &state)
        if let last = entries.last, last.number >= place { state.last = last }
        return RevocationPage(
            entries: try entries.filter { $0.number != place }.map { try Revocation($0.row) },
            next: max(place, entries.last?.number ?? place),
            hasMore: entries.count { $0.number >= place } == Self.pageSize)
    }

    /// Takes down which numbers were passed over.
    private func note(
        _ numbers: [Int], after place: Int, at now: ContinuousClock.Instant, in state: inout State
    ) {
        for number in numbers { state.missing[number] = nil }
        guard let last = numbers.last, last > place else { return }
        let seen = Set(numbers)
        // At the beginning, of those before the first entry only what may be under way at this moment.
        let first = place == 0 ? (numbers.first ?? last) - Self.windows.first : last - Self.windows.later
        for number in max(place + 1, first)..<last where !seen.contains(number) { state.missing[number] = now }
    }

    private func connect(_ state: inout State) throws(PostgresError) -> PostgresConnection {
        if let knock = state.knock, !knock.isAnswered(within: Self.knocking) {
            throw .unreachable("the database's host does not answer")
        }
        let connection = try backoff.attempt { () throws(PostgresError) in try PostgresConnection(to: url) }
        // The first look has all the time that there is: much may have come, and it is seen how long looks take.
        connection.begin(until: .now + .seconds(PostgresStore.maximumWait))
        if connection.canNotify { try connection.command("LISTEN \(Revocation.channel)") }
        state.connection = connection
        state.knock = connection.knock
        return connection
    }
}

extension Revocation {
    /// What `NOTIFY` and `LISTEN` call it.
    static let channel = "sso_revocations"

    fileprivate init(_ row: Row) throws(StoreError) {
        let scope: Scope
        if let count = row.integerIfAny("count") {
            scope = .below(count: count)
        } else {
            scope = .session(SessionID(rawValue: try row.text("session_id")))
        }
        self.init(user: UserID(rawValue: try row.text("user_id")), scope: scope)
    }

    /// Writes the entry, within the transaction that takes something back, and has all servers told when it has committed.
    /// Entries that are over are removed, more at a time than are written.
    func add(to connection: PostgresConnection) throws(PostgresError) {
        let (count, session): (Int?, String?) =
            switch scope {
            case .below(let count): (count, nil)
            case .session(let session): (nil, session.rawValue)
            }
        let now = "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"
        _ = try connection.run(
            """
            WITH
                entry AS (
                    INSERT INTO revocations (user_id, count, session_id, at) VALUES ($1, $2, $3, \(now)) RETURNING seq),
                old AS (
                    DELETE FROM revocations WHERE seq IN (
                        SELECT seq FROM revocations WHERE at < \(now) - $4
                        ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED))
            SELECT seq FROM entry
            """,
            [.text(user.rawValue), .integer(count), .text(session), .integer(PostgresFeed.keptFor)])
        connection.tellWhenCommitted(Self.channel)
    }
}
