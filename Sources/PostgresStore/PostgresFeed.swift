import Identity
import NIOPosix
import Synchronization

/// The table of revocations, read through a connection of its own that is told of each new entry (`LISTEN`), where the
/// engine has that; elsewhere it looks ten times a second.
///
/// **Why nothing is missed.** It listens before it reads, so what is committed after a look is told; and after each break
/// of the connection it reads on from where it was. Numbers are given before transactions commit, so an entry may come
/// into sight after others with larger numbers: the numbers that were passed over are asked for again with each look,
/// for longer than a transaction can last here, which `idle_in_transaction_session_timeout` and `statement_timeout` bound,
/// and at least once after that.
///
/// **How a cut is noticed.** A connection that was cut without a word is noticed by a look that is made every second,
/// whatever was told. It is given up when that takes much longer than looks do, as it would come back late: the longer a
/// cut lasts, the more seldom TCP tries. An attempt to connect would come back late for the same reason, so before one is
/// made, it knocks (``Knock``).
final class PostgresFeed: RevocationFeed {
    /// How many entries are read at once.
    private static let pageSize = 10_000
    /// How far back from the newest entry numbers are waited for.
    private static let window = 10_000

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
        patience: Duration = .seconds(30)
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
        let rows = try connection.run(
            """
            SELECT seq, user_id, count, session_id FROM revocations
            WHERE (seq > $1 AND at >= $2) OR seq = ANY(string_to_array($3, ',')::BIGINT[])
            ORDER BY seq LIMIT \(Self.pageSize)
            """,
            [
                .integer(place), .integer(time),
                .text(state.missing.keys.sorted().map(String.init).joined(separator: ",")),
            ]
        ).rows
        state.usual = max(now.duration(to: .now), state.usual * 0.9)
        // Only now, as it may have been cut off for long: each is asked for once more after its time.
        state.missing = state.missing.filter { $0.value.duration(to: now) < patience }
        let numbers = try rows.map { row in try row.integer("seq") }
        let next = max(place, numbers.last ?? place)
        note(numbers, after: place, upTo: next, at: now, in: &state)
        return RevocationPage(
            entries: try rows.map(Revocation.init), next: next, hasMore: rows.count == Self.pageSize)
    }

    /// Takes down which numbers were passed over.
    private func note(
        _ numbers: [Int], after place: Int, upTo next: Int, at now: ContinuousClock.Instant, in state: inout State
    ) {
        let seen = Set(numbers)
        for number in numbers { state.missing[number] = nil }
        // At the beginning, the first entry that is there has none before it but those of its own moment.
        for number in max(place, next - Self.window, 0)..<next where number > place && !seen.contains(number) {
            state.missing[number] = now
        }
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

    /// Writes the entry, within the transaction that takes something back, and has all servers told when it commits.
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
            SELECT \(connection.canNotify ? "pg_notify('\(Self.channel)', '')" : "seq") FROM entry
            """,
            [.text(user.rawValue), .integer(count), .text(session), .integer(PostgresFeed.keptFor)])
    }
}
