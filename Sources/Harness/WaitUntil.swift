/// Waits until something is so, by looking every 10 milliseconds.
///
/// - Parameters:
///   - description: What is waited for; it ends the sentence "timed out waiting until …".
///   - timeout: The longest wait; the condition is looked at once more when it has passed.
/// - Throws: ``HarnessError/timedOut(what:after:)``, what the condition throws, or `CancellationError`.
public nonisolated(nonsending) func waitUntil(
    _ description: String, timeout: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while true {
        let isLast = ContinuousClock.now >= deadline
        if try await condition() { return }
        guard !isLast else { throw HarnessError.timedOut(what: description, after: timeout) }
        // The pause between two looks: what ends the waiting is the condition, never the clock alone.
        try await Task.sleep(for: .milliseconds(10))
    }
}
