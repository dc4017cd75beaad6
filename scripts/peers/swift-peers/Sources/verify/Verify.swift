import Checks

/// The peer jwt-kit: verifies one token again and again, and prints how many nanoseconds a call takes.
///
///     printf '%s\n%s\n' TOKEN SECRET_IN_HEX | jwt-kit CALLS
@main
struct Verify {
    static func main() async throws {
        guard let calls = CommandLine.arguments.dropFirst().first.flatMap(Int.init) else {
            fatalError("the number of calls is missing")
        }
        let checks = await Checks()
        let token = checks.token
        let start = ContinuousClock.now
        for _ in 0..<calls { _ = try await checks.verify(token) }
        print((ContinuousClock.now - start) / .nanoseconds(1) / Double(max(calls, 1)))
    }
}
