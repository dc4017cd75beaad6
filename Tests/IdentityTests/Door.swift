import Synchronization

@testable import Identity

/// A gate over a store, and a clock that stands still unless it is moved.
final class Door: Sendable {
    let gate: AttemptGate
    private let time = Time()
    static let limits = AttemptLimits(accountBurst: 3, accountSeconds: 10, placeBurst: 8, placeSeconds: 2)

    init(_ store: any AttemptStore, limits: AttemptLimits? = Door.limits) {
        gate = AttemptGate(store: store, limits: limits) { [time] in time.now }
    }

    private final class Time: Sendable {
        private let milliseconds = Mutex(1_700_000_000_000)
        var now: Int { milliseconds.withLock { $0 } }
        func advance(_ step: Int) { milliseconds.withLock { $0 += step } }
    }

    /// A place where people live, and another.
    static let house = Place(address: [10, 0, 0, 1])
    static let attacker = Place(address: [203, 0, 113, 7])

    /// Runs `body` with a gate over a new store.
    static func with(_ body: (Door) async throws -> Void) async throws {
        try await StoreKind.sqlite.withStore { try await body(Door($0)) }
    }

    func wait(seconds: Int) { time.advance(seconds * 1000) }

    /// Tries to sign in; nil if the gate let it through, else in how many seconds to come back.
    func attempt(_ name: String, _ place: Place, succeeds: Bool = false) async throws -> Int? {
        do throws(IdentityError) {
            try await gate.signIn(name, from: place) { () async throws(IdentityError) in
                guard succeeds else { throw .invalidCredentials }
            }
            return nil
        } catch .invalidCredentials {
            return nil
        } catch .tooManyAttempts(let seconds) {
            return seconds
        }
    }

    /// Fails until the gate is shut; gives how many attempts were let through.
    func fail(_ name: String, _ place: Place) async throws -> Int {
        for count in 0..<1000 where try await attempt(name, place) != nil { return count }
        return 1000
    }
}
