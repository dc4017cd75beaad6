import Foundation
import NIOPosix
import Synchronization

/// Hashes passwords in a few threads of its own, so that a storm of sign-ins leaves everything else its processors and
/// its event loops.
///
/// The queue is bounded by time: who would have to wait longer than ``maximumWait`` is turned away at once, with
/// ``IdentityError/busy(retryAfter:)``, which is better than an answer nobody waits for any more. And nobody fills it
/// alone: what comes from one ``Place/current`` may take a quarter of that time, so that while it is turned away others
/// are let in.
public final class PasswordHasher: Sendable {
    /// How long one may have to wait for one's turn, in seconds.
    public static let maximumWait = 10.0
    /// How long the hashes of one place may take together, in seconds. One may always be asked for.
    static let maximumWaitOfPlace = maximumWait / 4

    /// What new hashes cost.
    public let cost: ScryptCost

    private struct Queue {
        /// Hashes asked for and not done.
        var length = 0
        /// Of those, how many each place has asked for.
        var ofPlaces: [Place: Int] = [:]
        /// Hashes done.
        var done = 0
        /// What one hash takes, in seconds: a moving average.
        var secondsEach: Double
    }

    private let threads: NIOThreadPool
    private let threadCount: Int
    private let keepsRoomForOthers: Bool
    private let queue: Mutex<Queue>

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - cost: what new hashes cost.
    ///   - threadCount: how many are computed at once, at least 1; each takes a processor and the memory of its cost.
    ///   - keepsRoomForOthers: whether one place has a share alone; false where everybody comes from one, a proxy's.
    public init(cost: ScryptCost, threadCount: Int, keepsRoomForOthers: Bool = true) {
        self.cost = cost
        self.keepsRoomForOthers = keepsRoomForOthers
        self.threadCount = max(1, threadCount)
        threads = NIOThreadPool(numberOfThreads: self.threadCount)
        threads.start()
        // A first guess from a machine where the recommended cost takes 0.4 s; measuring soon replaces it.
        queue = Mutex(Queue(secondsEach: 0.4 * Double(cost.work) / Double(ScryptCost.recommended.work)))
    }

    /// How many hashes it has computed so far.
    var done: Int { queue.withLock { $0.done } }

    /// How many hashes a place has asked for that are not done.
    func waiting(from place: Place) -> Int { queue.withLock { $0.ofPlaces[place, default: 0] } }

    /// Ends the threads after the hashes that are under way.
    public func shutdown() async {
        try? await threads.shutdownGracefully()
    }

    /// Hashes a new password with random salt.
    ///
    /// - Throws: ``IdentityError/busy(retryAfter:)`` if the queue is full.
    public func hash(_ password: Password) async throws(IdentityError) -> PasswordHash {
        let cost = cost
        return try await inTurn { PasswordHash(password, cost: cost, salt: randomBytes(PasswordHash.saltLength)) }
    }

    /// What is compared where there is no hash: no password's, and as costly as a new one.
    var decoy: PasswordHash { PasswordHash(decoyOf: cost) }

    /// Whether `hash` is the password's. Without a hash, for a user that does not exist, it costs the same to say no.
    ///
    /// - Throws: ``IdentityError/busy(retryAfter:)`` if the queue is full.
    public func matches(_ password: Password, _ hash: PasswordHash?) async throws(IdentityError) -> Bool {
        let compared = hash ?? decoy
        return try await inTurn { compared.matches(password) }
    }

    private func inTurn<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result?
    ) async throws(IdentityError) -> Result {
        let place = keepsRoomForOthers ? Place.current : nil
        try enqueue(from: place)
        let outcome: Result?
        do {
            outcome = try await threads.runIfActive { [self] in
                Self.yieldToOthers()
                let clock = ContinuousClock()
                let start = clock.now
                let result = work()
                finish(from: place, after: (clock.now - start) / .seconds(1))
                return result
            }
        } catch {
            finish(from: place, after: nil)
            // The threads have ended, or the caller has gone: there is nobody left to tell more.
            throw .busy(retryAfter: 1)
        }
        // Without memory for a hash there are too many of them, or too much else.
        guard let outcome else { throw .busy(retryAfter: 1) }
        return outcome
    }

    /// Lets every other thread of the machine go first where both want a processor: a token check takes microseconds, a
    /// hash a good part of a second. On Linux, what `setpriority` says holds for the calling thread alone.
    private static func yieldToOthers() {
        #if os(Linux)
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }

    private func enqueue(from place: Place?) throws(IdentityError) {
        let wait: Double? = queue.withLock { queue in
            func wait(_ length: Int) -> Double { Double(length / threadCount) * queue.secondsEach }
            let all = wait(queue.length)
            if all > Self.maximumWait { return all }
            if let place {
                let own = wait(queue.ofPlaces[place, default: 0])
                if own > Self.maximumWaitOfPlace { return own }
                queue.ofPlaces[place, default: 0] += 1
            }
            queue.length += 1
            return nil
        }
        if let wait { throw .busy(retryAfter: Int(wait.rounded(.up))) }
    }

    private func finish(from place: Place?, after seconds: Double?) {
        queue.withLock { queue in
            queue.length -= 1
            if let place, let count = queue.ofPlaces[place] { queue.ofPlaces[place] = count > 1 ? count - 1 : nil }
            if seconds != nil { queue.done += 1 }
            if let seconds { queue.secondsEach += (seconds - queue.secondsEach) / 8 }
        }
    }
}
