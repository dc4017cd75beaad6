import Synchronization
import Testing
import Tokens

@testable import Identity

@Suite("What a server remembers of revocations")
struct RevocationListTests {
    private static let anna = UserID(rawValue: randomID())
    private static let phone = SessionID(rawValue: randomID())

    /// A verified token of somebody.
    private static func token(
        _ user: UserID = anna, _ session: SessionID = phone, count: Int = 0, at time: Int = 1_000, life: Int = 900,
        inGeneral: Bool = false
    ) throws -> VerifiedToken<AccessClaims> {
        let keys = try KeyRing([Key(id: "first", secret: [UInt8](repeating: 1, count: 32))])
        let claims = AccessClaims(
            session: SessionClaims(
                issuer: "bank", audience: "sso", subject: user.rawValue, sessionID: session.rawValue, count: count,
                issuedAt: time, expiresAt: time + life, tokenID: "an id"),
            // A name that has to be escaped goes the general way.
            userName: inGeneral ? "a\"b" : "anna")
        return try TokenVerifier(keys: keys, audience: "sso", issuers: ["bank"])
            .verify(try TokenSigner(keys: keys).sign(claims), as: AccessClaims.self, at: time)
    }

    private static func list(accessLife: Int = 900, at now: ContinuousClock.Instant = .now) -> RevocationList {
        RevocationList(accessLife: accessLife, leeway: 5, at: now)
    }

    @Test("A count that has grown revokes the user's lower ones, and nobody else's", arguments: [false, true])
    func counts(inGeneral: Bool) throws {
        let list = Self.list()
        func verdict(_ user: UserID = Self.anna, count: Int) throws -> RevocationList.Verdict {
            list.verdict(on: try Self.token(user, count: count, inGeneral: inGeneral), at: { 1_000 })
        }
        #expect(try verdict(count: 0) == .good)
        list.add([Revocation(user: Self.anna, scope: .below(count: 3))], at: 1_000)
        #expect(try verdict(count: 0) == .revoked)
        #expect(try verdict(count: 2) == .revoked)
        #expect(try verdict(count: 3) == .good)
        #expect(try verdict(UserID(rawValue: randomID()), count: 0) == .good)
    }

    @Test("A session that has ended revokes its tokens, of any count; the user's other sessions go on")
    func sessions() throws {
        let list = Self.list()
        list.add([Revocation(user: Self.anna, scope: .session(Self.phone))], at: 1_000)
        #expect(list.verdict(on: try Self.token(count: 0), at: { 1_000 }) == .ended)
        #expect(list.verdict(on: try Self.token(count: 9), at: { 1_000 }) == .ended)
        let laptop = try Self.token(Self.anna, SessionID(rawValue: randomID()))
        #expect(list.verdict(on: laptop, at: { 1_000 }) == .good)
        // A user and a session of one text are two.
        let odd = try Self.token(UserID(rawValue: Self.phone.rawValue), SessionID(rawValue: Self.anna.rawValue))
        #expect(list.verdict(on: odd, at: { 1_000 }) == .good)
    }

    @Test("Whatever the order in which entries come, and however often, the strictest holds")
    func order() throws {
        for counts in [[1, 2, 3], [3, 2, 1], [2, 3, 1, 3, 2]] {
            let list = Self.list()
            for count in counts { list.add([Revocation(user: Self.anna, scope: .below(count: count))], at: 1_000) }
            #expect(list.verdict(on: try Self.token(count: 2), at: { 1_000 }) == .revoked)
            #expect(list.verdict(on: try Self.token(count: 3), at: { 1_000 }) == .good)
            #expect(list.count == 1)
        }
    }

    @Test("A count above the known one says that this server is behind; it is not decided on the older number")
    func ahead() throws {
        let list = Self.list()
        // Of whom nothing is known, no count is above.
        #expect(list.verdict(on: try Self.token(count: 7), at: { 1_000 }) == .good)
        list.add([Revocation(user: Self.anna, scope: .below(count: 3))], at: 1_000)
        #expect(list.verdict(on: try Self.token(count: 4), at: { 1_000 }) == .ahead)
    }

    @Test("An entry lives for one access token's life and what clocks may differ by, and for two at most")
    func entriesDie() throws {
        let start = ContinuousClock.now
        let list = Self.list(accessLife: 10, at: start)
        #expect(list.life == 25)
        // In the middle of the first turn.
        list.add([Revocation(user: Self.anna, scope: .below(count: 1))], at: 1_000, now: start + .seconds(12))
        let token = try Self.token(life: 10)
        for second in [13, 25, 30, 37] {
            list.age(to: start + .seconds(second))
            #expect(list.verdict(on: token, at: { 1_000 }) == .revoked, "\(second)")
        }
        list.age(to: start + .seconds(50))
        #expect(list.verdict(on: token, at: { 1_000 }) == .good)
        #expect(list.count == 0)
    }

    @Test("Entries are known whichever table they went into, for as long as it takes the other to have its turn")
    func turns() throws {
        let start = ContinuousClock.now
        let list = Self.list(accessLife: 10, at: start)
        for turn in 0..<4 {
            let now = start + .seconds(26 * turn + 1)
            let user = UserID(rawValue: "user \(turn)")
            list.add([Revocation(user: user, scope: .below(count: 1))], at: 1_000, now: now)
            let token = try Self.token(user, life: 10)
            #expect(list.verdict(on: token, at: { 1_000 }) == .revoked, "\(turn)")
            list.age(to: now + .seconds(25))
            #expect(list.verdict(on: token, at: { 1_000 }) == .revoked, "\(turn)")
        }
    }

    @Test("A token that was issued longer ago than the list remembers is over, whoever issued it")
    func tooOld() throws {
        let list = Self.list(accessLife: 10)
        let token = try Self.token(at: 1_000, life: 900)
        #expect(list.verdict(on: token, at: { 1_024 }) == .good)
        #expect(list.verdict(on: token, at: { 1_025 }) == .tooOld)
    }

    @Test("A million revocations are held, each is known, and the memory is bounded")
    func aMillion() throws {
        let list = Self.list()
        let session = SessionID(rawValue: "nobody's")
        for part in 0..<100 {
            list.add(
                (0..<10_000).map {
                    Revocation(user: UserID(rawValue: "user \(part * 10_000 + $0)"), scope: .below(count: 1))
                }, at: 1_000)
        }
        #expect(list.count == 1_000_000)
        print("a million revocations take \(list.bytes) bytes, \(list.bytes / list.count) each")
        #expect(list.bytes < 40_000_000)
        for number in stride(from: 0, to: 1_000_000, by: 9_973) {
            let token = try Self.token(UserID(rawValue: "user \(number)"), session)
            #expect(list.verdict(on: token, at: { 1_000 }) == .revoked)
        }
        #expect(list.verdict(on: try Self.token(), at: { 1_000 }) == .good)
    }

    @Test("Beyond the ceiling nothing is forgotten: every token of before has to be renewed")
    func ceiling() throws {
        let list = Self.list()
        for part in 0..<20 {
            list.add(
                (0..<100_000).map {
                    Revocation(user: UserID(rawValue: "\(part * 100_000 + $0)"), scope: .below(count: 1))
                }, at: 1_000)
        }
        #expect(list.count == RevocationList.ceiling)
        #expect(list.bytes < 40_000_000)
        // The first stands in the list, and the last does not: both are refused, and so is who never was revoked.
        for user in ["0", "1999999", "somebody else"] {
            #expect(list.verdict(on: try Self.token(UserID(rawValue: user)), at: { 1_000 }) == .revoked)
        }
        #expect(list.verdict(on: try Self.token(at: 1_001), at: { 1_001 }) == .good)
    }

    /// What the readers and the writer of the race share.
    private final class Shared: Sendable {
        let isDone = Atomic<Bool>(false)
        /// How often a reader was told something else than what is so.
        let wrong = Atomic<Int>(0)
    }

    @Test("While one writes and the tables take turns, readers never lose an entry and never meet another's")
    func race() async throws {
        let start = ContinuousClock.now
        let list = Self.list(accessLife: 1, at: start)
        let shared = Shared()
        let revoked = try (0..<8).map { try Self.token(UserID(rawValue: "revoked \($0)")) }
        let never = try (0..<8).map { try Self.token(UserID(rawValue: "never \($0)"), SessionID(rawValue: "s\($0)")) }
        let entries = (0..<8).map { Revocation(user: UserID(rawValue: "revoked \($0)"), scope: .below(count: 1)) }
        list.add(entries, at: 0, now: start)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    while !shared.isDone.load(ordering: .relaxed) {
                        for token in revoked where list.verdict(on: token, at: { 1_000 }) != .revoked {
                            shared.wrong.wrappingAdd(1, ordering: .relaxed)
                        }
                        for token in never where list.verdict(on: token, at: { 1_000 }) != .good {
                            shared.wrong.wrappingAdd(1, ordering: .relaxed)
                        }
                        // The writer needs one of the few threads.
                        await Task.yield()
                    }
                }
            }
            // A turn each eight seconds of the list's time: what is revoked is revoked again before it dies, and some
            // others each time, which fill the same places.
            for turn in 0..<300 {
                let now = start + .seconds(turn * 8)
                list.add(entries, at: 0, now: now)
                let others = (0..<200).map {
                    Revocation(user: UserID(rawValue: "other \(turn) \($0)"), scope: .below(count: 5))
                }
                list.add(others, at: 0, now: now)
                await Task.yield()
            }
            shared.isDone.store(true, ordering: .relaxed)
        }
        #expect(shared.wrong.load(ordering: .relaxed) == 0)
    }
}
