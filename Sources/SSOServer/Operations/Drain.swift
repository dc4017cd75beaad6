import ServiceLifecycle
import Synchronization

/// The time between the signal to stop and the stop. The server serves on, but says that it is not ready, so that a gateway
/// sends it nobody any more: whatever it sent just as the server stopped would be lost.
///
/// It stands last among the services, as the group stops the last one first, and the others only when that has ended.
final class Drain: Service, Sendable {
    private let seconds: Int
    private let hasBegun = Atomic(false)

    /// - Parameter seconds: how long it takes, at least 0.
    init(seconds: Int) {
        self.seconds = seconds
    }

    /// Whether the server is about to stop.
    var isUnderWay: Bool { hasBegun.load(ordering: .relaxed) }

    func run() async throws {
        // Both end early where the group is cancelled, and then there is nothing to wait for.
        try? await gracefulShutdown()
        hasBegun.store(true, ordering: .relaxed)
        try? await Task.sleep(for: .seconds(seconds))
    }
}
