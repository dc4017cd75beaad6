import ArgumentParser
import Foundation
import Holdings
import Identity
import Tokens
import UnixSignals

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Print what happened to users' sign-in, the oldest first: a line each, as text or as JSON.")

    @Option(help: "Only this user's events, by name.") var user: String?
    @Option(
        help: ArgumentHelp(
            "Only events of this kind; may be given several times. One of: "
                + "\(AuditEvent.Kind.allCases.map(\.rawValue).joined(separator: ", "))."))
    var event: [String] = []
    @Option(help: "Only events since then, such as 2026-11-25T08:00:00Z, or 15m, 6h or 7d ago.") var since: String?
    @Option(help: "The newest so many, 1 to 100000.") var limit = 100
    @Flag(help: "Print JSON lines.") var json = false
    @Flag(help: "Go on, and print each new event as it comes, until Ctrl-C.") var follow = false
    @OptionGroup var database: UsersCommand.Database

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000") }
    }

    func run() async throws {
        var filter = AuditFilter(limit: limit)
        filter.kinds = try event.map { name in
            guard let kind = AuditEvent.Kind(rawValue: name) else {
                throw ValidationError("there is no event '\(name)'; see 'sso audit --help'")
            }
            return kind
        }
        if let since { filter.since = try Self.time(since) }
        // From here on, so that it also ends in order while the database is being opened.
        let ends = follow ? await UnixSignalsSequence(trapping: .sigint, .sigterm) : nil
        try await database.withStore { store in
            do {
                if let user {
                    guard let known = try await store.user(named: try UserName(user)) else {
                        throw Failure("there is no user \(user)", hint: "'sso users list' names them")
                    }
                    filter.user = known.user.id
                }
                if let ends {
                    try await Self.follow(filter, from: store, json: json, until: ends)
                } else {
                    for event in try await store.events(filter) { try Self.print(event, json: json) }
                }
            } catch let error as StoreError {
                throw Failure("the database did not answer: \(error)", hint: "try again", code: Failure.configuration)
            } catch is IdentityError {
                throw Failure("there is no user \(user ?? "")", hint: "'sso users list' names them")
            }
        }
    }

    private static func print(_ event: AuditEvent, json: Bool) throws {
        // At once, for who reads along.
        try FileHandle.standardOutput.write(contentsOf: Data("\(json ? Self.json(event) : text(event))\n".utf8))
    }

    /// How far the follower looks back, in numbers of events. Where several write at once, an event may come into sight
    /// after others with larger numbers, which were given before they were committed.
    private static let overlap = 1000

    /// Prints the newest so many, and then whatever comes next, until a signal comes.
    private static func follow(
        _ filter: AuditFilter, from store: any ClusterStore, json: Bool, until ends: UnixSignalsSequence
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Whichever ends first ends the other: the signal, or a record that cannot be read.
            group.addTask {
                for await _ in ends { break }
                // Who waits in vain for a reader that has stopped is ended by the next one.
                for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
            }
            group.addTask {
                var filter = filter
                let newest = filter.limit
                filter.limit = max(newest, overlap)
                var page = try await store.events(filter)
                var known = Set(page.map(\.id))
                for event in page.suffix(newest) { try print(event, json: json) }
                filter.limit = 10 * overlap
                while true {
                    let after = max((known.max() ?? 0) - overlap, 0)
                    filter.after = after
                    known = known.filter { $0 > after }
                    page = try await store.events(filter)
                    for event in page where known.insert(event.id).inserted { try print(event, json: json) }
                    if page.count < filter.limit { try await Task.sleep(for: .milliseconds(250)) }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Seconds since 1970.
    private static func time(_ text: String) throws -> Int {
        let units = ["m": 60, "h": 3600, "d": 86_400]
        if let last = text.last, let unit = units["\(last)"], let count = Int(text.dropLast()), count >= 0,
            count < 1 << 32
        {
            return Int(Date().timeIntervalSince1970) - count * unit
        }
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw ValidationError("the value of --since is neither a time as 2026-11-25T08:00:00Z nor 15m, 6h or 7d")
        }
        return Int(date.timeIntervalSince1970)
    }

    private static func written(_ time: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)
    }

    private static func text(_ event: AuditEvent) -> String {
        let fields = [
            ("user", event.userName), ("sub", event.user?.rawValue), ("sid", event.session?.rawValue),
            ("address", event.origin.address), ("request", event.origin.requestID), ("detail", event.detail),
        ]
        let text = fields.compactMap { name, value in value.map { " \(name)=\($0)" } }.joined()
        return "\(written(event.time)) \(event.origin.server) \(event.kind.rawValue)\(text)"
    }

    private static func json(_ event: AuditEvent) -> String {
        var json = JSONWriter()
        json.add("id", event.id)
        json.add("time", written(event.time))
        json.add("event", event.kind.rawValue)
        json.add("server", event.origin.server)
        if let name = event.userName { json.add("user", name) }
        if let user = event.user { json.add("sub", user.rawValue) }
        if let session = event.session { json.add("sid", session.rawValue) }
        if let address = event.origin.address { json.add("address", address) }
        if let request = event.origin.requestID { json.add("request", request) }
        if let detail = event.detail { json.add("detail", detail) }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
