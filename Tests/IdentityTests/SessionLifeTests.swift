import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("How long a session goes on")
struct SessionLifeTests {
    @Test(
        "auth_time travels along, in both tokens, through every renewal and a change of password",
        arguments: StoreKind.allCases)
    func travels(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            var tokens = try await stage.signedIn()
            for _ in 0..<3 {
                stage.clock.now += 1_000
                tokens = try await stage.retirement.refresh(tokens.refresh.text)
                #expect(try stage.access(tokens).authenticatedAt == SignOnStage.start)
                #expect(try stage.refresh(tokens).authenticatedAt == SignOnStage.start)
            }
            tokens = try await stage.bank.changePassword(
                stage.access(tokens), current: "correct horse", new: "battery staple")
            #expect(try stage.refresh(tokens).authenticatedAt == SignOnStage.start)
        }
    }

    @Test("However often it is renewed, no token outlives the session's longest life", arguments: StoreKind.allCases)
    func cap(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let end = SignOnStage.start + 2_592_000
            var tokens = try await stage.signedIn()
            while stage.clock.now + 500_000 < end {
                stage.clock.now += 500_000
                tokens = try await stage.bank.refresh(tokens.refresh.text)
                #expect(try stage.refresh(tokens).expiresAt <= end)
            }
            stage.clock.now = end - 1
            tokens = try await stage.bank.refresh(tokens.refresh.text)
            #expect(tokens.access.life == 1)
            #expect(tokens.refresh.life == 1)
            #expect(try stage.access(tokens).expiresAt == end)
            // The work of a change of password may take a session over its end: then nothing is changed.
            let claims = try stage.access(tokens)
            let late = InterruptedStore(store: stage.store) { call throws(StoreError) in
                if call == .find { stage.clock.now = end }
            }
            await #expect(throws: IdentityError.revoked) {
                try await stage.signOn(store: late)
                    .changePassword(claims, current: "correct horse", new: "battery staple")
            }
            await #expect(throws: Never.self) {
                try await stage.bank.signIn(username: "anna", password: "correct horse")
            }
            stage.clock.now = end
            await #expect(throws: IdentityError.invalidToken(.expired)) {
                try await stage.bank.refresh(tokens.refresh.text)
            }
        }
    }

    @Test(
        "A refresh token whose last second ends while it is looked at is expired, and nothing is exchanged",
        arguments: [RefreshRule.rotation(grace: 30), .count])
    func lastSecond(_ rule: RefreshRule) async throws {
        try await withSignOn { stage in
            let tokens = try await stage.signedIn()
            let end = try stage.refresh(tokens).expiresAt
            stage.clock.now = end - 1
            let keys = try KeyRing([Key(id: "first", secret: [UInt8](repeating: 1, count: 32))])
            let terms = TokenAuthority.Terms(
                issuer: "bank", issuers: ["bank", "retirement"], audience: "sso", accessLife: 900, refreshLife: 604_800,
                refreshRule: rule)
            // Each look at the clock takes a second.
            let ticking = TokenAuthority(keys: keys, terms: terms) { [clock = stage.clock] in
                defer { clock.now += 1 }
                return clock.now
            }
            let slow = SignOn(authority: ticking, store: stage.store, hasher: stage.hasher)
            await #expect(throws: IdentityError.invalidToken(.expired)) { try await slow.refresh(tokens.refresh.text) }
            // Still the session's current token.
            stage.clock.now = end - 1
            await #expect(throws: Never.self) { try await stage.bank.refresh(tokens.refresh.text) }
        }
    }
}
