import Identity
import Logging
import Mail
import Metrics
import ServiceLifecycle

/// Sends the mails that wait in the database, one after the other.
///
/// All servers work on one queue: who takes a mail has it for a while, and only who dies meanwhile leaves it to the next.
/// What could not be sent is tried again, less and less often, and in the end given up. A mail that was sent, but whose
/// taker died before that was noted, goes out again with the same `Message-ID`: twice is better than never.
struct MailQueue: Service {
    let store: any MailStore
    let reset: PasswordReset
    let gate: AttemptGate
    let transport: any MailTransport
    let letters: Letters
    let clock: @Sendable () -> Int
    let logger: Logger

    /// How often the queue is looked at, while nothing waits in it.
    private static let interval = Duration.milliseconds(250)
    /// For how many seconds a taken mail is its taker's: longer than sending can take.
    static let lease = 2 * SMTP.timeout

    func run() async throws {
        var lastError: IdentityError?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do throws(IdentityError) {
                let hasSent = try await sendNext()
                lastError = nil
                if hasSent { continue }
            } catch {
                // The same is said once: the queue waits, and is looked at again and again.
                if error != lastError { logger.error("mails wait", metadata: ["cause": "\(error)"]) }
                lastError = error
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.interval) }
        }
    }

    /// Takes the mail whose turn it is and tries to send it.
    ///
    /// - Returns: false if none was due.
    private func sendNext() async throws(IdentityError) -> Bool {
        // The address for links is known once the server listens.
        guard letters.site.own != nil else { return false }
        let time = clock()
        let taken: QueuedMail?
        do { taken = try await store.takeMail(at: time, until: time + Self.lease) } catch { throw .store(error) }
        guard let mail = taken else { return false }
        guard try await isWithinLimits(mail) else {
            logger.warning("mail dropped: too many to this address or user", metadata: Self.metadata(mail))
            try await remove(mail, "limited")
            return true
        }
        let message: Message?
        do throws(IdentityError) {
            message = try letters.message(
                mail,
                token: { () throws(IdentityError) in
                    try reset.token(for: mail, at: time)
                })
        } catch {
            try await postpone(mail, error)
            return true
        }
        guard let message else {
            logger.info("mail dropped: its link would be dead", metadata: Self.metadata(mail))
            try await remove(mail, "dropped")
            return true
        }
        do {
            try await transport.sendInThread(message)
        } catch {
            try await postpone(mail, error)
            return true
        }
        logger.info("mail sent", metadata: Self.metadata(mail))
        try await remove(mail, "sent")
        return true
    }

    /// Counted once for each mail, however often it is tried.
    private func isWithinLimits(_ mail: QueuedMail) async throws(IdentityError) -> Bool {
        guard mail.attempt == 1 else { return true }
        do throws(IdentityError) {
            try await gate.mail(mail)
        } catch .tooManyAttempts {
            return false
        }
        return true
    }

    private func remove(_ mail: QueuedMail, _ result: String) async throws(IdentityError) {
        Self.count(result)
        do { try await store.removeMail(mail) } catch { throw .store(error) }
    }

    private func postpone(_ mail: QueuedMail, _ error: any Error) async throws(IdentityError) {
        var metadata = Self.metadata(mail)
        metadata["cause"] = "\(error)"
        guard mail.attempt < mail.kind.maximumAttempts else {
            logger.error("mail given up", metadata: metadata)
            try await remove(mail, "given_up")
            return
        }
        let delay = Self.delay(after: mail.attempt)
        metadata["again_in"] = "\(delay)"
        logger.warning("mail not sent", metadata: metadata)
        Self.count("failed")
        do { try await store.postponeMail(mail, until: clock() + delay) } catch { throw .store(error) }
    }

    /// How many seconds to wait after an attempt: 2, 4, 8 and so on, at most 15 minutes, each a quarter more or less, so
    /// that what failed together does not come back together.
    static func delay(after attempt: Int) -> Int {
        let seconds = Double(min(900, 1 << min(attempt, 10)))
        return max(1, Int((seconds * .random(in: 0.75...1.25)).rounded()))
    }

    /// Never the address, nor what the mail says.
    private static func metadata(_ mail: QueuedMail) -> Logger.Metadata {
        [
            "mail": "\(mail.id)", "kind": "\(mail.kind.rawValue)", "sub": "\(mail.user.rawValue)",
            "attempt": "\(mail.attempt)",
        ]
    }

    private static func count(_ result: String) {
        Counter(label: "sso_mails_total", dimensions: [("result", result)]).increment()
    }
}

extension MailKind {
    /// After how many attempts it is given up. Who waits for a link has asked for another by then (half an hour); a
    /// warning is worth sending for half a day.
    fileprivate var maximumAttempts: Int {
        switch self {
        case .passwordReset: 10
        case .passwordChanged, .refreshReused: 56
        }
    }
}
