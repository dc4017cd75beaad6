import Identity
import Logging
import Metrics
import NIOCore
import NIOPosix
import ServiceLifecycle
import Tokens

/// What this server has heard of revocations, and how long ago it heard anything.
struct RevocationWatch: Service {
    let follower: RevocationFollower
    let settings: Settings.Revocations
    let logger: Logger

    /// Nil where the database has no feed.
    ///
    /// The live entries are read before this returns, so the server refuses what was revoked from its first request on.
    /// If they cannot be read just now, it is not ready until they are.
    static func start(
        _ feed: (any RevocationFeed)?, _ settings: Settings.Revocations, _ authority: TokenAuthority, _ logger: Logger
    ) async -> RevocationWatch? {
        guard let feed else {
            logger.warning("this database tells nobody of revocations: access tokens live until they expire")
            return nil
        }
        let terms = authority.terms
        let list = RevocationList(accessLife: terms.accessLife, leeway: terms.leeway)
        let watch = RevocationWatch(
            follower: RevocationFollower(feed, into: list, leeway: terms.leeway) { authority.now }, settings: settings,
            logger: logger)
        do {
            try await watch.follower.catchUp()
        } catch {
            logger.warning("revocations could not be read yet", metadata: ["database": "\(error)"])
        }
        return watch
    }

    /// In the thread of an event loop, pauses too: it waits for nobody there. Swift's own threads would be awake all the
    /// time for it, and the library that has them ends the process if it looks after them while no file descriptor is free.
    func run() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        await withTaskExecutorPreference(EventLoopExecutor(loop)) {
            await cancelWhenGracefulShutdown {
                await follower.run(pause: { try await loop.scheduleTask(in: .init($0)) {}.futureResult.get() }) {
                    error in
                    if let error {
                        logger.warning("no word of revocations", metadata: ["database": "\(error)"])
                    } else {
                        logger.notice("revocations are heard of again")
                    }
                }
            }
        }
    }

    /// Lets a token pass that nothing known revokes.
    ///
    /// - Throws: `IdentityError/revoked`, `IdentityError/revocationsUnknown`, or `TokenError/expired` within
    ///   `IdentityError/invalidToken(_:)` for a token that is older than this server remembers.
    func hold(_ token: VerifiedToken<AccessClaims>, at now: () -> Int) throws(IdentityError) {
        // Who has read nothing yet knows nothing of what was revoked before, which is no case for the policy.
        if !follower.hasRead || settings.isClosed && isTooOld { throw .revocationsUnknown }
        switch follower.list.verdict(on: token, at: now) {
        case .good: break
        case .ahead: follower.lookAgain()
        case .revoked, .ended: throw .revoked
        case .tooOld: throw .invalidToken(.expired)
        }
    }

    /// Whether it was heard that the token's session has ended.
    func hasHeardOfTheEnd(of token: VerifiedToken<AccessClaims>, at now: () -> Int) -> Bool {
        follower.list.verdict(on: token, at: now) == .ended
    }

    /// Whether nothing was heard for longer than the grace, or never.
    private var isTooOld: Bool { follower.age.map { $0 > .seconds(settings.grace) } ?? true }

    /// What keeps the server from being ready, or nil.
    var problem: String? {
        guard let age = follower.age else { return "revocations have not been read yet" }
        return age > .seconds(settings.grace) ? "nothing was heard of revocations for \(age.components.seconds) s" : nil
    }

    /// Brings the metrics up to date.
    func report() {
        // As long as the server is not ready, there is no age.
        if let age = follower.age { Self.age.set(age / .seconds(1)) }
        Self.entries.set(follower.list.count)
        Self.memory.set(follower.list.bytes)
        Self.heard.set(follower.heard)
    }

    private static let age = Meter(label: "sso_revocation_feed_age_seconds")
    private static let entries = Meter(label: "sso_revocations_held")
    private static let memory = Meter(label: "sso_revocations_held_bytes")
    private static let heard = Meter(label: "sso_revocations_heard")
}
