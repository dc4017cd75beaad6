import Foundation
import Logging
import Metrics
import ServiceLifecycle

/// Says in the log when no file descriptor is free, and when one is again.
///
/// A server without one goes on for who is connected. New connections wait until somebody leaves; nothing else would
/// tell the operator why.
struct DescriptorWatch: Service {
    let logger: Logger

    /// How often it tries.
    private static let interval = Duration.milliseconds(500)

    func run() async throws {
        let shortages = Counter(label: "sso_descriptor_shortages_total")
        await cancelWhenGracefulShutdown {
            var wasFree = true
            while (try? await Task.sleep(for: Self.interval)) != nil {
                let isFree = Self.isOneFree
                if wasFree, !isFree {
                    shortages.increment()
                    logger.error("no file descriptor is free: new connections wait; raise the limit (ulimit -n)")
                } else if !wasFree, isFree {
                    logger.notice("file descriptors are free again")
                }
                wasFree = isFree
            }
        }
    }

    private static var isOneFree: Bool {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno != EMFILE && errno != ENFILE }
        close(descriptor)
        return true
    }
}
