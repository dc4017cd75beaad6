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
    private let logger: Logger
    private let names: AsyncStream<Name>
    private let entrance: AsyncStream<Name>.Continuation

    private struct Name {
        let text: String
        let place: Place
        let origin: String
        /// How often it was looked up.
        var attempt = 1
        /// The work is still that request's, for the audit record.
        let asker = AuditOrigin.current
    }

    /// How many names from each place are in here.
    private let waiting = Mutex<[Place: Int]>([:])

    /// How many names may wait; more are turned away, whoever they are.
    private static let room = 256
    /// How many of them may come from one place, so that nobody takes the others' room.
    private static let roomOfPlace = 16
    /// How often a name is looked up while the database does not answer.
    private static let attempts = 5

    init(reset: PasswordReset, gate: AttemptGate, logger: Logger) {
        self.reset = reset
        self.gate = gate
        self.logger = logger
        (names, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.room))
    }

    /// Takes a name, whatever it is.
    ///
    /// - Parameters:
    ///   - place: where it comes from.
    ///   - origin: this server's, by its settings.
    /// - Throws: ``Problem/tooManyResets`` if there is no room.
    func add(_ username: String, from place: Place, linkTo origin: Origin) throws(Problem) {
        guard enter(place) else { throw .tooManyResets }
        guard case .enqueued = entrance.yield(Name(text: username, place: place, origin: origin.description)) else {
            leave(place)
            throw .tooManyResets
        }
    }

    private func enter(_ place: Place) -> Bool {
        waiting.withLock { waiting in
            guard waiting[place, default: 0] < Self.roomOfPlace else { return false }
            waiting[place, default: 0] += 1
            return true
        }
    }

    private func leave(_ place: Place) {
        waiting.withLock { waiting in
            guard let count = waiting[place] else { return }
            waiting[place] = count > 1 ? count - 1 : nil
        }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            for await name in names { await lookUp(name) }
        } onGracefulShutdown: { [entrance] in
            // Those that were answered still get their mail.
            entrance.finish()
        }
    }

    private func lookUp(_ name: Name) async {
        guard let error = await failure(name) else { return leave(name.place) }
        var later = name
        later.attempt += 1
        // Behind the others, whose turn it is.
        if case .store(.unavailable) = error, name.attempt < Self.attempts, !Task.isCancelled,
            case .enqueued = entrance.yield(later)
        {
            // The database is nobody's: the next name would find it as this one did.
            try? await Task.sleep(for: .seconds(1))
        } else {
            leave(name.place)
            logger.error("a request for a reset mail was lost", metadata: ["cause": "\(error)"])
        }
    }

    /// Looks a name up once. Nil if that was done.
    private func failure(_ name: Name) async -> IdentityError? {
        await AuditOrigin.$current.withValue(name.asker) {
            do throws(IdentityError) {
                // Counted here, behind the answer, so that neither the count nor a limit shows in it.
                try await gate.forgottenPassword(of: name.text, from: name.place)
                try await reset.request(username: name.text, linkTo: name.origin)
                return nil
            } catch .tooManyAttempts {
                return nil
            } catch {
                return error
            }
        }
    }
}

extension Problem {
    static let tooManyResets = Problem(
        .serviceUnavailable, "too_many_resets", "Too many people have forgotten their password. Try again later."
    ).retry(after: 2)
}
