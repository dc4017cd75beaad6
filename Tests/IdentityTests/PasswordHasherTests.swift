import Testing

@testable import Identity

@Suite("The pool that hashes passwords")
struct PasswordHasherTests {
    /// Runs `body` with a pool, and ends its threads afterwards.
    private func withHasher(
        _ cost: String, keepsRoomForOthers: Bool = true, _ body: (PasswordHasher) async throws -> Void
    ) async throws {
        let hasher = PasswordHasher(
            cost: .cost(cost), threadCount: 1, keepsRoomForOthers: keepsRoomForOthers)
        do {
            try await body(hasher)
        } catch {
            await hasher.shutdown()
            throw error
        }
        await hasher.shutdown()
    }

    @Test("A hash that it made is of its cost, with a salt of its own, and matches")
    func hashes() async throws {
        try await withHasher("2,1,1") { hasher in
            let password = Password(presented: "correct horse")
            let one = try await hasher.hash(password)
            let two = try await hasher.hash(password)
            #expect(one.cost == .cost("2,1,1"))
            #expect(one != two)
            #expect(try await hasher.matches(password, one))
            #expect(try await hasher.matches(password, two))
            #expect(try await hasher.matches(Password(presented: "wrong horse"), one) == false)
        }
    }

    @Test("A hash of another cost matches too")
    func otherCosts() async throws {
        try await withHasher("2,1,1") { hasher in
            let matches = try await hasher.matches(Password(presented: "correct horse"), cheapHash("correct horse"))
            #expect(matches)
        }
    }

    @Test("Without a hash nothing matches, at the cost of a new hash")
    func unknownUser() async throws {
        try await withHasher("2,1,1") { hasher in
            #expect(hasher.decoy.cost == .cost("2,1,1"))
            for text in ["", "correct horse", String(repeating: "x", count: 1_000)] {
                let matches = try await hasher.matches(Password(presented: text), nil)
                #expect(!matches)
            }
        }
    }

    /// The pool expects of a hash what its cost says, here minutes: so one is all that may wait. The hashes that are
    /// compared are cheaper.
    @Test("Who would have to wait too long is turned away with a time to come back, and later served again")
    func busy() async throws {
        try await withHasher("20,8,16") { hasher in
            let password = Password(presented: "correct horse")
            let hash = cheapHash("correct horse", cost: .cost("14,8,3"))
            let outcomes = await withTaskGroup(of: Result<Bool, IdentityError>.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do throws(IdentityError) {
                            return .success(try await hasher.matches(password, hash))
                        } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: [Result<Bool, IdentityError>]()) { $0.append($1) }
            }
            var served = 0
            var turnedAway = 0
            for outcome in outcomes {
                switch outcome {
                case .success(true): served += 1
                case .failure(.busy(let retryAfter)):
                    turnedAway += 1
                    #expect(retryAfter > Int(PasswordHasher.maximumWait))
                default: Issue.record("\(outcome)")
                }
            }
            #expect(served >= 1)
            #expect(turnedAway >= 1)
            let matches = try await hasher.matches(password, cheapHash("correct horse"))
            #expect(matches)
        }
    }

    /// A hash that is thought to take a second and a half: a place that has two waiting has its quarter of ten seconds.
    @Test("One place cannot fill the queue: while it is turned away, others are let in, and later it is served again")
    func places() async throws {
        try await withHasher("17,8,3") { hasher in
            let password = Password(presented: "correct horse")
            let hash = cheapHash("correct horse", cost: .cost("16,8,1"))
            @Sendable func outcomes(_ count: Int, from place: Place?) async -> [Result<Bool, IdentityError>] {
                await withTaskGroup(of: Result<Bool, IdentityError>.self) { group in
                    for _ in 0..<count {
                        group.addTask {
                            await Place.$current.withValue(place) {
                                do throws(IdentityError) {
                                    return .success(try await hasher.matches(password, hash))
                                } catch { return .failure(error) }
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            let greedy = Place(address: [203, 0, 113, 7])
            async let flood = outcomes(40, from: greedy)
            while hasher.waiting(from: greedy) == 0 { await Task.yield() }
            let other = await outcomes(1, from: Place(address: [10, 0, 0, 1]))
            #expect(other == [.success(true)])
            let turnedAway = await flood.filter { if case .failure(.busy) = $0 { true } else { false } }
            #expect(turnedAway.count >= 30)
            #expect(hasher.waiting(from: greedy) == 0)
            #expect(await outcomes(1, from: greedy) == [.success(true)])
        }
    }

    /// Each is thought to take a second and a half, so seven fit into ten seconds and two into a quarter of them.
    @Test("Where one place is everybody's, it may have the whole queue")
    func proxy() async throws {
        try await withHasher("17,8,3", keepsRoomForOthers: false) { hasher in
            let hash = cheapHash("correct horse", cost: .cost("16,8,1"))
            let served = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        await Place.$current.withValue(Place(address: [203, 0, 113, 7])) {
                            (try? await hasher.matches(Password(presented: "correct horse"), hash)) == true
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(served == 6)
        }
    }

    @Test("A pool whose threads have ended turns everyone away")
    func ended() async throws {
        let hasher = PasswordHasher(cost: .cheap, threadCount: 2)
        await hasher.shutdown()
        await #expect(throws: IdentityError.busy(retryAfter: 1)) {
            try await hasher.hash(Password(presented: "correct horse"))
        }
    }

    @Test("Many at once are all served when there is time for them")
    func many() async throws {
        try await withHasher("1,1,1") { hasher in
            let password = Password(presented: "correct horse")
            let hashes = try await withThrowingTaskGroup(of: PasswordHash.self) { group in
                for _ in 0..<200 { group.addTask { try await hasher.hash(password) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1.phc) }
            }
            #expect(hashes.count == 200)
        }
    }
}
