import Metrics
import Synchronization

/// Whether the key file could be used when it was last read: what its watch finds out, `/readyz` tells.
final class KeyFileHealth: Sendable {
    private let cause = Mutex<String?>(nil)
    private let failures = Counter(label: "sso_key_file_failures_total")

    /// What is wrong with the file, or nil.
    var problem: String? { cause.withLock { $0 } }

    /// It was read, and its keys are in use.
    func isGood() { cause.withLock { $0 = nil } }

    /// It could not be used.
    ///
    /// - Returns: whether this is news.
    @discardableResult
    func isBad(_ newCause: String) -> Bool {
        failures.increment()
        return cause.withLock { cause in
            defer { cause = newCause }
            return cause != newCause
        }
    }
}
