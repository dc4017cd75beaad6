import Synchronization
import Testing

@testable import Identity

private final class Tally: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.wrappingAdd(1, ordering: .relaxed) }
}

@Suite("How often passwords may be tried")
struct AttemptGateTests {
    @Test("An account bears so many failures at once; then the delays grow, and end at their bound")
    func delaysGrow() async throws {
        try await Door.with { door async throws in
            #expect(try await door.fail("anna", Door.attacker) == 3)
            var delays: [Int] = []
            // From a new address each time, as only the account is to be seen.
            for index in 0..<10 {
                let place = Place(address: [10, 0, 1, UInt8(index)])
                let delay = try #require(try await door.attempt("anna", place))
                delays.append(delay)
                door.wait(seconds: delay)
                #expect(try await door.attempt("anna", place) == nil)
            }
            #expect(delays == delays.sorted())
            #expect(delays.first == 1)
            #expect(delays.last == 10)
            #expect(delays.allSatisfy { $0 <= 10 })
        }
    }

    @Test("Attempts that succeed do not count, however many there are, and at once")
    func successes() async throws {
        try await Door.with { door async throws in
            for _ in 0..<20 { #expect(try await door.attempt("anna", Door.house, succeeds: true) == nil) }
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<30 {
                    group.addTask { (try? await door.attempt("anna", Door.house, succeeds: true)) != .some(nil) }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 0)
        }
    }

    @Test("Of guesses made at once no more pass than of guesses made in turn", arguments: StoreKind.allCases)
    func parallel(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            // Two gates are two servers.
            let doors = [Door(store), Door(store)]
            let inside = Tally()
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        try? await doors[index % 2].gate.signIn("anna", from: Door.attacker) {
                            () async throws(IdentityError) in
                            inside.add()
                            await Task.yield()
                            throw .invalidCredentials
                        }
                    }
                }
            }
            #expect(inside.count == 3)
        }
    }

    @Test("Whoever fails elsewhere does not delay the owner at home")
    func home() async throws {
        try await Door.with { door async throws in
            #expect(try await door.attempt("anna", Self.owner, succeeds: true) == nil)
            for index in 0..<20 { _ = try await door.fail("anna", Place(address: [203, 0, 113, UInt8(index)])) }
            #expect(try await door.attempt("anna", Door.attacker) != nil)
            #expect(try await door.attempt("anna", Self.owner, succeeds: true) == nil)
            // Who mistypes at home may do so ten times as often.
            for _ in 0..<7 { #expect(try await door.attempt("Anna", Self.owner) == nil) }
            #expect(try await door.attempt("anna", Self.owner, succeeds: true) == nil)
        }
    }

    private static let owner = Place(address: [198, 51, 100, 4])

    @Test("After 30 days without a sign-in a place is no home any more")
    func homeEnds() async throws {
        try await Door.with { door async throws in
            #expect(try await door.attempt("anna", Self.owner, succeeds: true) == nil)
            door.wait(seconds: 30 * 86_400 - 1)
            for _ in 0..<4 { #expect(try await door.attempt("anna", Self.owner) == nil) }
            door.wait(seconds: 86_400)
            #expect(try await door.fail("anna", Self.owner) == 3)
        }
    }

    @Test("Registering makes a home; a taken name counts against the place, and other mistakes do not")
    func registering() async throws {
        try await Door.with { door async throws in
            func register(_ error: IdentityError?) async -> IdentityError? {
                do throws(IdentityError) {
                    try await door.gate.registration(of: "anna", from: Door.house) { () async throws(IdentityError) in
                        if let error { throw error }
                    }
                    return nil
                } catch {
                    return error
                }
            }
            for _ in 0..<7 { #expect(await register(nil) == nil) }
            for _ in 0..<20 { #expect(await register(.invalidUsername) == .invalidUsername) }
            for _ in 0..<8 { #expect(await register(.usernameTaken) == .usernameTaken) }
            #expect(await register(.usernameTaken) == .tooManyAttempts(retryAfter: 2))
            #expect(await register(nil) == .tooManyAttempts(retryAfter: 2))
            _ = try await door.fail("anna", Door.attacker)
            #expect(try await door.attempt("anna", Door.house, succeeds: true) == nil)
        }
    }

    @Test("A place bears so many failures over all accounts")
    func place() async throws {
        try await Door.with { door async throws in
            for index in 0..<8 { #expect(try await door.attempt("user\(index)", Door.attacker) == nil) }
            #expect(try await door.attempt("user9", Door.attacker) == 2)
            #expect(try await door.attempt("user9", Door.house) == nil)
            door.wait(seconds: 2)
            #expect(try await door.attempt("user9", Door.attacker, succeeds: true) == nil)
            #expect(try await door.attempt("user9", Door.attacker) == nil)
            #expect(try await door.attempt("user9", Door.attacker) == 2)
        }
    }

    @Test(
        "Names are the same without case, and what is no name is limited like one",
        arguments: ["anna", "", "a b", "ä"])
    func names(name: String) async throws {
        try await Door.with { door async throws in
            #expect(try await door.attempt(name.uppercased(), Door.attacker) == nil)
            #expect(try await door.fail(name, Door.attacker) == 2)
        }
    }

    @Test("A busy hasher or a lost database does not count against anybody")
    func otherErrors() async throws {
        try await Door.with { door async throws in
            for error in [IdentityError.busy(retryAfter: 1), .store(.unavailable("away"))] {
                for _ in 0..<10 {
                    await #expect(throws: error) {
                        try await door.gate.signIn("anna", from: Door.attacker) { () async throws(IdentityError) in
                            throw error
                        }
                    }
                    await #expect(throws: error) {
                        try await door.gate.passwordChange(of: UserID(rawValue: "1"), from: Door.house) {
                            () async throws(IdentityError) in throw error
                        }
                    }
                }
            }
            #expect(try await door.fail("anna", Door.attacker) == 3)
        }
    }

    @Test("Guesses at the current password are limited, apart from sign-ins")
    func passwordChange() async throws {
        try await Door.with { door async throws in
            _ = try await door.fail("anna", Door.attacker)
            func change(_ user: String) async -> IdentityError? {
                do throws(IdentityError) {
                    try await door.gate.passwordChange(of: UserID(rawValue: user), from: Door.house) {
                        () async throws(IdentityError) in
                        throw .invalidCredentials
                    }
                    return nil
                } catch {
                    return error
                }
            }
            for _ in 0..<3 { #expect(await change("1") == .invalidCredentials) }
            #expect(await change("1") == .tooManyAttempts(retryAfter: 1))
            #expect(await change("2") == .invalidCredentials)
        }
    }

    @Test("Links for a forgotten password are limited by name, and by place")
    func forgotten() async throws {
        try await Door.with { door async throws in
            func ask(_ name: String, _ place: Place) async -> Bool {
                (try? await door.gate.forgottenPassword(of: name, from: place)) != nil
            }
            for index in 0..<6 { #expect(await ask("anna", Place(address: [10, 0, 0, UInt8(index)]))) }
            #expect(await !ask("Anna", Door.house))
            for index in 0..<8 { #expect(await ask("user\(index)", Door.attacker)) }
            #expect(await !ask("user9", Door.attacker))
        }
    }

    @Test("Without limits nothing is counted", arguments: StoreKind.allCases)
    func off(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let door = Door(store, limits: nil)
            #expect(try await door.fail("anna", Door.attacker) == 1000)
        }
    }

    @Test("A guesser has fewer than 3,000 attempts a day at one account with the standard limits")
    func aDay() {
        let limits = AttemptLimits.standard.account(atHome: false)
        var times: [Int?] = [nil, nil]
        var now = 0
        var count = 0
        while now < 86_400_000 {
            let wait = zip(limits, times).map { $0.wait($1, at: now) }.max() ?? 0
            #expect(wait <= 30_000)
            now += wait
            times = zip(limits, times).map { $0.adding(to: $1, at: now) }
            count += 1
        }
        #expect((2_000..<3_000).contains(count))
    }
}
