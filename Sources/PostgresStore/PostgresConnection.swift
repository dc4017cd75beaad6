import CLibpq
import Foundation

/// One connection to the server, used by one call at a time, in the calling thread, which blocks.
///
/// Every wait ends at the call's deadline, even where the network swallows everything without a word: libpq's own calls
/// that wait could then wait for ever.
final class PostgresConnection {
    private let handle: OpaquePointer
    /// The names of the statements that the server knows, by their text.
    private var prepared: [String: String] = [:]
    private var deadline = ContinuousClock.now
    /// Whether the server has NOTIFY, which not every engine has that speaks PostgreSQL's language.
    private(set) var canNotify = false
    /// How many statements it has run.
    private(set) var statements = 0
    /// Whether what is sent now stays in force by itself: a COMMIT, or a statement that changes something outside a
    /// transaction.
    private var takesEffect = false
    /// Where the transaction has something to tell.
    private var channel: String?

    /// Connects. Blocks until that is done or has failed, for a few seconds at most for each host that the URL names.
    init(to url: String) throws(PostgresError) {
        // What comes before the URL may be overruled by it, what comes after may not.
        let settings = [
            // In seconds.
            ("connect_timeout", "5"),
            // A peer that is gone without a word is noticed: idle by these, and with something unanswered by the last.
            ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "2"),
            ("tcp_user_timeout", "5000"),
            ("dbname", url),
            ("client_encoding", "UTF8"), ("fallback_application_name", "sso"),
        ]
        let keywords: [UnsafePointer<CChar>?] = settings.map { UnsafePointer(strdup($0.0)) } + [nil]
        let values: [UnsafePointer<CChar>?] = settings.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let handle = PQconnectdbParams(keywords, values, 1) else { throw .unreachable("no memory for libpq") }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw .unreachable(lastError) }
        // libpq would print what servers have to remark on standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0 else { throw .unreachable(lastError) }
        begin(until: .now + .seconds(PostgresStore.maximumWait))
        do {
            // The server gives up a little before we do, so that it is nearly always certain that nothing was changed.
            try command(
                """
                SET statement_timeout = 4500; SET lock_timeout = 4000;
                SET idle_in_transaction_session_timeout = 10000
                """)
            canNotify = try tellsOthers()
        } catch { throw .unreachable("\(error)") }
        statements = 0
    }

    deinit { PQfinish(handle) }

    /// Whether the connection is whole, and no transaction is open on it.
    var isIdle: Bool { PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Whether the server has closed it meanwhile, as far as one can tell without asking.
    func hasEnded() -> Bool { PQconsumeInput(handle) == 0 || PQstatus(handle) != CONNECTION_OK }

    /// Is used by another call from now on, which may wait until then.
    func begin(until deadline: ContinuousClock.Instant) {
        self.deadline = deadline
        takesEffect = false
    }

    /// Whether the server has told of something since it was last asked; also if the connection has ended. This does not
    /// wait.
    func takeNotifications() -> Bool {
        if hasEnded() { return true }
        var isTold = false
        while let notification = PQnotifies(handle) {
            PQfreemem(notification)
            isTold = true
        }
        return isTold
    }

    /// Where to knock before it is made anew.
    var knock: Knock? { Knock(of: handle) }

    /// Has whoever listens there told, when the transaction has committed: within it, PostgreSQL would let all who tell
    /// something commit one after the other, each with its wait for the disk and for standbys.
    func tellWhenCommitted(_ channel: String) {
        if canNotify { self.channel = channel }
    }

    /// Some engines lack the function, others have it and refuse it, so it is tried, on a channel where nobody listens.
    private func tellsOthers() throws(PostgresError) -> Bool {
        do throws(PostgresError) {
            _ = try run("SELECT pg_notify('sso_probe', '')", [])
            return true
        } catch {
            guard case .refused = error else { throw error }
            return false
        }
    }

    // MARK: Statements

    /// Runs a statement whose effect, if it has any, stays when it has succeeded. After an error that leaves open
    /// whether it has, the call is not made again.
    func alone(_ sql: String, _ parameters: [Parameter]) throws(PostgresError) -> Rows {
        takesEffect = true
        defer { takesEffect = false }
        return try run(sql, parameters)
    }

    /// Runs `body` in a transaction, which is undone if it returns nil or throws.
    func transaction<Result>(
        begin: String = "BEGIN", _ body: (PostgresConnection) throws -> Result?
    ) throws -> Result? {
        channel = nil
        try command(begin)
        let result: Result?
        do {
            result = try body(self)
        } catch {
            // Where this fails too, the connection is not used again, and the server undoes the transaction by itself.
            if PQstatus(handle) == CONNECTION_OK { try? command("ROLLBACK") }
            throw error
        }
        guard let result else {
            try command("ROLLBACK")
            return nil
        }
        takesEffect = true
        defer { takesEffect = false }
        try command("COMMIT")
        takesEffect = false
        // After a message that did not get through, whoever listens finds out by looking.
        if let channel { _ = try? run("SELECT pg_notify($1, '')", [.text(channel)]) }
        return result
    }

    /// Runs a statement that reads, or one of a transaction.
    func run(_ sql: String, _ parameters: [Parameter]) throws(PostgresError) -> Rows {
        let name = try prepare(sql, parameters)
        statements += 1
        let isSent = parameters.withPointers { values, lengths in
            let formats = [Int32](repeating: 1, count: values.count)
            return PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 1) == 1
        }
        return try answer(isSent)
    }

    /// Runs what has neither parameters nor rows.
    func command(_ sql: String) throws(PostgresError) {
        statements += 1
        _ = try answer(PQsendQuery(handle, sql) == 1)
    }

    /// The name under which the server has the statement ready to run.
    private func prepare(_ sql: String, _ parameters: [Parameter]) throws(PostgresError) -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        let hadEffect = takesEffect
        takesEffect = false
        defer { takesEffect = hadEffect }
        _ = try answer(PQsendPrepare(handle, name, sql, Int32(parameters.count), parameters.map(\.type)) == 1)
        prepared[sql] = name
        return name
    }

    // MARK: Answers

    private func answer(_ isSent: Bool) throws(PostgresError) -> Rows {
        guard isSent else { throw .lost(lastError, isUndone: true) }
        try flush()
        var last: Rows?
        var failure: PostgresError?
        while let result = try nextResult() {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: last = Rows(result)
            default: failure = failure ?? refusal(result)
            }
        }
        if let failure { throw failure }
        guard let last else { throw lost(lastError) }
        return last
    }

    private func refusal(_ result: OpaquePointer) -> PostgresError {
        // Not its details, which repeat values. The letters are PG_DIAG_MESSAGE_PRIMARY and PG_DIAG_SQLSTATE.
        let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? lastError
        guard let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map({ String(cString: $0) }) else {
            // libpq says so itself, when the connection breaks.
            return lost(text)
        }
        return PQstatus(handle) == CONNECTION_OK ? .refused(state: state, text) : lost(text)
    }

    private func flush() throws(PostgresError) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // The server may want to be listened to before it takes more.
                try wait(for: Int16(POLLIN | POLLOUT))
                guard PQconsumeInput(handle) == 1 else { throw lost(lastError) }
            default: throw lost(lastError)
            }
        }
    }

    private func nextResult() throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try wait(for: Int16(POLLIN))
            guard PQconsumeInput(handle) == 1 else { throw lost(lastError) }
        }
        return PQgetResult(handle)
    }

    private func wait(for events: Int16) throws(PostgresError) {
        while true {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else {
                // It may still answer; that must not be taken for the answer to what comes next.
                shutdown(PQsocket(handle), Int32(SHUT_RDWR))
                throw lost("the database did not answer in time")
            }
            var descriptor = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            let count = poll(&descriptor, 1, Int32(left.rounded(.up)))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw lost("poll: \(String(cString: strerror(errno)))") }
        }
    }

    private func lost(_ text: String) -> PostgresError { .lost(text, isUndone: !takesEffect) }

    /// What libpq says, its first line.
    private var lastError: String {
        let text = String(cString: PQerrorMessage(handle))
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "the connection was lost"
    }
}
