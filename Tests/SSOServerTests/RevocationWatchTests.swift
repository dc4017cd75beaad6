import Identity
import Logging
import Synchronization
import Testing
import Tokens

@testable import SSOServer

@Suite("What a server has heard of revocations")
struct RevocationWatchTests {
    /// A feed that can be lost, with one revocation of one user.
    private final class OneEntryFeed: RevocationFeed {
        let isLost: Atomic<Bool>
        let reads = Atomic<Int>(0)

        init(isLost: Bool) { self.isLost = Atomic(isLost) }

        func mayHaveChanged() async throws(StoreError) -> Bool {
            if isLost.load(ordering: .relaxed) { throw .unavailable("lost") }
            return reads.load(ordering: .relaxed) == 0
        }

        func revocations(after place: Int, since time: Int) async throws(StoreError) -> RevocationPage {
            reads.wrappingAdd(1, ordering: .relaxed)
            let entry = Revocation(user: UserID(rawValue: "anna"), scope: .below(count: 2))
            return RevocationPage(entries: [entry], next: 1, hasMore: false)
        }
    }

    private static let now = 1_000

    private static func authority() throws -> TokenAuthority {
        let keys = try KeyRing([Key(id: "a", secret: [UInt8](repeating: 1, count: 32))])
        let terms = TokenAuthority.Terms(
            issuer: "bank", issuers: ["bank"], audience: "sso", accessLife: 100, refreshLife: 1_000)
        return TokenAuthority(keys: keys, terms: terms) { now }
    }

    private static func token(count: Int, issuedAt: Int = now, life: Int = 100) throws -> String {
        try authority().sign(
            AccessClaims(
                session: SessionClaims(
                    issuer: "bank", audience: "sso", subject: "anna", sessionID: "phone", count: count,
                    issuedAt: issuedAt, expiresAt: issuedAt + life, tokenID: "1"),
                userName: "anna"))
    }

    private static func check(_ feed: OneEntryFeed, _ flags: String...) async throws -> AccessCheck {
        let watch = await RevocationWatch.start(
            feed, try settings(flags).revocations, try authority(), Logger(label: "test"))
        return AccessCheck(authority: try authority(), revocations: watch)
    }

    @Test("The live entries are read before it starts, so it refuses from the first request on")
    func reading() async throws {
        let check = try await Self.check(OneEntryFeed(isLost: false))
        #expect(check.revocations?.problem == nil)
        #expect(throws: IdentityError.revoked) { try check.verify(Self.token(count: 1)) }
        #expect(try check.verify(Self.token(count: 2)).claims.session.count == 2)
    }

    @Test("If they cannot be read it is not ready until they are, and lets nobody in, whatever the policy")
    func notReady() async throws {
        for policy in ["open", "closed"] {
            let feed = OneEntryFeed(isLost: true)
            let check = try await Self.check(feed, "--revocation-policy", policy)
            #expect(check.revocations?.problem?.contains("not been read yet") == true)
            let good = try Self.token(count: 2)
            #expect(throws: IdentityError.revocationsUnknown) { try check.verify(good) }
            feed.isLost.store(false, ordering: .relaxed)
            try await check.revocations?.follower.catchUp()
            #expect(check.revocations?.problem == nil)
            #expect(throws: Never.self) { try check.verify(good) }
            #expect(throws: IdentityError.revoked) { try check.verify(Self.token(count: 1)) }
        }
    }

    @Test("A token of a count that it has not heard of is good, and makes it look again")
    func ahead() async throws {
        let feed = OneEntryFeed(isLost: false)
        let check = try await Self.check(feed)
        try await check.revocations?.follower.catchUp()
        #expect(feed.reads.load(ordering: .relaxed) == 1)
        #expect(throws: Never.self) { try check.verify(Self.token(count: 3)) }
        try await check.revocations?.follower.catchUp()
        #expect(feed.reads.load(ordering: .relaxed) == 2)
    }

    @Test("A token that is older than what it remembers is as good as expired")
    func tooOld() async throws {
        let check = try await Self.check(OneEntryFeed(isLost: false))
        // A hundred seconds, five for clocks, ten for statements.
        #expect(throws: Never.self) { try check.verify(Self.token(count: 2, issuedAt: 886, life: 900)) }
        #expect(throws: IdentityError.invalidToken(.expired)) {
            try check.verify(Self.token(count: 2, issuedAt: 885, life: 900))
        }
    }
}
