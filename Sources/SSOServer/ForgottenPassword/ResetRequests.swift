import HTTPTypes
import Identity
import Logging
import ServiceLifecycle
import Synchronization

/// The names of those who have forgotten their password, between the answer and the work.
///
/// Whether somebody has that name, and an address, must not show in the time that the answer takes. So the answer waits
/// for neither: it goes out when the name is in here, and the name is looked up afterwards. What that costs is that
/// names in here are lost if the server is killed at that moment; then no mail comes, and people ask again. A mail that
/// is in the database's queue is not lost.
final class ResetRequests: Service {
    private let reset: PasswordReset
    private let gate: AttemptGate
    /// Whether one place is one visitor, and not a proxy.
    private let keepsRoomForOthers: Bool
    private let logger: Logger
    private let names: AsyncStream<Name>
    private let entrance: AsyncStream<Name>.Continuation

    private struct Name {
        let text: String
        let place: Place
        let origin: String
        /// How often it was looked up.
        var attempt = 1
        /// Whether it was counted already.
        var isCounted = false
        /// The work is still that request's, for the audit record.
        let asker = AuditOrigin.current
    }

    private struct Waiting {
        /// How many names are in here, those that are being looked up again included.
        var count = 0
        /// Sixteen at once, then one a second, so that nobody takes the others' room. When names have been looked up does
        /// not matter for it, as that would tell which of them are somebody's.
        var ofPlaces = RateByPlace(GCRA(burst: 16, interval: 1_000))
    }

    private let waiting = Mutex(Waiting())

    /// How many names may wait; more are turned away, whoever they are.
    private static let room = 256
    /// How often a name is looked up while the database does not answer.
    private static let attempts = 5

    init(reset: PasswordReset, gate: AttemptGate, keepsRoomForOthers: Bool, logger: Logger) {
        self.keepsRoomForOthers = keepsRoomForOthers
        self.reset = reset
        self.gate = gate
        self.logger = logger
        (names, entrance) = AsyncStream.makeStream()
    }

    /// Takes a name, whatever it is.
    ///
    /// - Parameters:
    ///   - place: where it comes from.
    ///   - origin: this server's, by its settings.
    /// - Throws: ``Problem/tooManyResets`` if there is no room, and what is said of too many attempts if the place asks too
    ///   often.
    func add(_ username: String, from place: Place, linkTo origin: Origin) throws(Problem) {
        try enter(place)
        entrance.yield(Name(text: username, place: place, origin: origin.description))
    }

    private func enter(_ place: Place) throws(Problem) {
        let now = Int((ContinuousClock.now - Self.start) / .milliseconds(1))
        let problem: Problem? = waiting.withLock { waiting in
            if waiting.count >= Self.room { return .tooManyResets }
            if keepsRoomForOthers, gate.isOn {
                let wait = waiting.ofPlaces.take(place, at: now)
                if wait > 0 { return .tooManyAttempts(retryAfter: (wait + 999) / 1000) }
            }
            waiting.count += 1
            return nil
        }
        if let problem { throw problem }
    }

    private static let start = ContinuousClock.now

    private func leave() {
        waiting.withLock { $0.count -= 1 }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            for await name in names { await lookUp(name) }
        } onGracefulShutdown: { [entrance] in
            // Those that were answered still get their mail, if the database answers.
            entrance.finish()
        }
    }

    private func lookUp(_ name: Name) async {
        var name = name
        while let error = await failure(&name) {
            guard case .store(.unavailable) = error, name.attempt < Self.attempts, !Task.isCancelled else {
                logger.error("a request for a reset mail was lost", metadata: ["cause": "\(error)"])
                break
            }
            name.attempt += 1
            // The database is nobody's: the next name would find it as this one did.
            try? await Task.sleep(for: .seconds(1))
            // Behind the others, whose turn it is; at the end there is no queue any more.
            if case .enqueued = entrance.yield(name) { return }
        }
        leave()
    }

    /// Looks a name up once. Nil if that was done.
    private func failure(_ name: inout Name) async -> IdentityError? {
        let (outcome, isCounted) = await AuditOrigin.$current.withValue(name.asker) { [name] in
            var isCounted = name.isCounted
            do throws(IdentityError) {
                // Counted here, behind the answer, so that neither the count nor a limit shows in it.
                if !isCounted { try await gate.forgottenPassword(of: name.text, from: name.place) }
                isCounted = true
                try await reset.request(username: name.text, linkTo: name.origin)
                return (IdentityError?.none, isCounted)
            } catch .tooManyAttempts {
                return (nil, isCounted)
            } catch {
                return (error, isCounted)
            }
        }
        name.isCounted = isCounted
        return outcome
    }
}

extension Problem {
    static let tooManyResets = Problem(
        .serviceUnavailable, "too_many_resets", "Too many people have forgotten their password. Try again later."
    ).retry(after: 2)
}
