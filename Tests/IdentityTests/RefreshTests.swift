import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("Refreshing and renewing")
struct RefreshTests {
    @Test("A refresh token gives new tokens of the same session, on either server", arguments: StoreKind.allCases)
    func refresh(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let old = try stage.refresh(tokens)
            stage.clock.now += 1_000
            let new = try await stage.retirement.refresh(tokens.refresh.text)
            let claims = try stage.refresh(new)
            #expect(claims.issuer == "retirement")
            #expect(claims.sessionID == old.sessionID)
            #expect(claims.subject == old.subject)
            #expect(claims.count == 0)
            #expect(claims.tokenID != old.tokenID)
            #expect(claims.issuedAt == SignOnStage.start + 1_000)
            #expect(claims.expiresAt == SignOnStage.start + 1_000 + 604_800)
            let access = try stage.access(new)
            #expect(access.sessionID == old.sessionID)
            #expect(access.expiresAt == SignOnStage.start + 1_900)
        }
    }

    @Test("Refreshing signs no other device out, and the token stays good for a retry", arguments: StoreKind.allCases)
    func repeatedly(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn()
            let second = try await stage.bank.signIn(username: "anna", password: "correct horse")
            for _ in 0..<5 { _ = try await stage.bank.refresh(first.refresh.text) }
            await stage.expectGood(first)
            await stage.expectGood(second)
            let counts = try await stage.store.users(liveSince: 0).map(\.user.count)
            #expect(counts == [0])
        }
    }

    @Test("Where the count alone decides, a renewal leaves the refresh token as it is", arguments: StoreKind.allCases)
    func renew(kind: StoreKind) async throws {
        try await withSignOn(kind: kind, rule: .count) { stage in
            let tokens = try await stage.signedIn("Anna")
            stage.clock.now += 1_000
            #expect(throws: TokenError.expired) {
                try stage.retirement.authority.verify(tokens.access.text, as: AccessClaims.self)
            }
            let renewal = try await stage.retirement.renew(tokens.refresh.text)
            #expect(renewal.access.life == 900)
            #expect(renewal.successor == nil)
            let claims = try stage.bank.authority.verify(renewal.access.text, as: AccessClaims.self).claims
            #expect(claims == renewal.token.claims)
            #expect(claims.userName == "Anna")
            #expect(claims.session.issuer == "retirement")
            #expect(claims.session.sessionID == (try stage.refresh(tokens).sessionID))
            #expect(claims.session.issuedAt == SignOnStage.start + 1_000)
            await stage.expectGood(tokens)
        }
    }

    @Test("Both read the user once: one statement", arguments: [true, false])
    func statements(renews: Bool) async throws {
        try await withSignOn { stage in
            let token = try await stage.signedIn().refresh.text
            let meter = StatementMeter()
            try await StatementMeter.$current.withValue(meter) {
                if renews { _ = try await stage.bank.renew(token) } else { _ = try await stage.bank.refresh(token) }
            }
            #expect(meter.statements == 1)
        }
    }

    @Test("Verifying reads nothing", arguments: StoreKind.allCases)
    func stateless(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let meter = StatementMeter()
            try StatementMeter.$current.withValue(meter) {
                for _ in 0..<3 { _ = try stage.retirement.authority.verify(tokens.access.text, as: AccessClaims.self) }
            }
            #expect(meter.statements == 0)
        }
    }

    @Test(
        "A token that fails a rule of its own is refused by it, without a look at the store",
        arguments: StoreKind.allCases)
    func invalidTokens(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let unread = InterruptedStore(store: stage.store) { _ throws(StoreError) in
                Issue.record("the store was asked")
            }
            let server = try stage.signOn(store: unread)
            func expect(_ error: TokenError, _ token: String) async {
                await #expect(throws: IdentityError.invalidToken(error)) { try await server.refresh(token) }
                await #expect(throws: IdentityError.invalidToken(error)) { try await server.renew(token) }
            }
            await expect(.malformed, "")
            await expect(.malformed, "a.b.c")
            await expect(.wrongType, tokens.access.text)
            await expect(.badSignature, String(tokens.refresh.text.dropLast(4)) + "AAAA")
            stage.clock.now = SignOnStage.start + 604_800
            await expect(.expired, tokens.refresh.text)
            stage.clock.now = SignOnStage.start - 6
            await expect(.notYetValid, tokens.refresh.text)
        }
    }

    @Test("A refresh token is good to its last second", arguments: StoreKind.allCases)
    func lastSecond(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            stage.clock.now = SignOnStage.start + 604_799
            await stage.expectGood(tokens)
        }
    }

    @Test("A token for a user or a session that is not in the store is revoked", arguments: StoreKind.allCases)
    func unknown(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            _ = try await stage.signedIn()
            let stranger = SignedInUser(
                id: UserID(rawValue: "nobody"), name: "anna", session: SessionID(rawValue: "nothing"), count: 0)
            let token = try stage.bank.authority.refreshToken(for: stranger, at: SignOnStage.start).text
            await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(token) }
            await #expect(throws: IdentityError.revoked) { try await stage.bank.renew(token) }
        }
    }

    @Test("A token with a count below or above the user's is revoked", arguments: [0, 2, 9_007_199_254_740_991])
    func otherCount(count: Int) async throws {
        try await withSignOn(rule: .count) { stage in
            let claims = try stage.access(try await stage.signedIn())
            let user = UserID(rawValue: claims.subject)
            _ = try await stage.store.advanceCount(of: user)
            func token(_ count: Int) throws -> String {
                let signedIn = SignedInUser(
                    id: user, name: "anna", session: SessionID(rawValue: claims.sessionID), count: count)
                return try stage.bank.authority.refreshToken(for: signedIn, at: SignOnStage.start).text
            }
            let (bad, good) = (try token(count), try token(1))
            await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(bad) }
            await #expect(throws: Never.self) { try await stage.bank.refresh(good) }
        }
    }

    @Test("Two signed-in users' sessions do not mix", arguments: StoreKind.allCases)
    func otherUser(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let anna = try stage.access(try await stage.signedIn("anna"))
            let bert = try stage.access(try await stage.signedIn("bert"))
            let mixed = SignedInUser(
                id: UserID(rawValue: anna.subject), name: "anna", session: SessionID(rawValue: bert.sessionID), count: 0
            )
            let token = try stage.bank.authority.refreshToken(for: mixed, at: SignOnStage.start).text
            await #expect(throws: IdentityError.revoked) { try await stage.bank.refresh(token) }
        }
    }
}
