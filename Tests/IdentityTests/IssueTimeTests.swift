import Holdings
import Testing
import Tokens

@testable import Identity

/// `iat` must not be later than the look at the count: otherwise a token would claim to have been issued after a
/// revocation that it did not see.
@Suite("When a token counts as issued")
struct IssueTimeTests {
    /// A server for which time goes on by a hundred seconds while the store works.
    private func slowServer(_ stage: SignOnStage, _ slow: InterruptedStore.Call) throws -> SignOn {
        let store = InterruptedStore(store: stage.store) { call throws(StoreError) in
            if call == slow { stage.clock.now += 100 }
        }
        return try stage.signOn(store: store)
    }

    @Test("A sign-in's tokens are of the time before the session began", arguments: StoreKind.allCases)
    func signIn(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            try await stage.bank.register(username: "anna", password: "correct horse")
            let tokens = try await slowServer(stage, .begin).signIn(username: "anna", password: "correct horse")
            #expect(stage.clock.now == SignOnStage.start + 100)
            #expect(try stage.access(tokens).issuedAt == SignOnStage.start)
            #expect(try stage.refresh(tokens).issuedAt == SignOnStage.start)
        }
    }

    @Test("A refresh's and a renewal's tokens are of the time before the count was read", arguments: StoreKind.allCases)
    func refresh(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let token = try await stage.signedIn().refresh.text
            let server = try slowServer(stage, .use)
            let tokens = try await server.refresh(token)
            #expect(try stage.access(tokens).issuedAt == SignOnStage.start)
            #expect(try stage.refresh(tokens).issuedAt == SignOnStage.start)
            // Slow as it was, its answer is on the way, and the token it holds is to be exchanged next.
            let renewal = try await server.renew(tokens.refresh.text)
            #expect(renewal.token.claims.session.issuedAt == SignOnStage.start + 100)
            #expect(stage.clock.now == SignOnStage.start + 200)
        }
    }

    @Test("A password change's tokens are of the time before the count grew", arguments: StoreKind.allCases)
    func passwordChange(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let claims = try stage.access(try await stage.signedIn())
            let tokens = try await slowServer(stage, .change)
                .changePassword(claims, current: "correct horse", new: "battery staple")
            #expect(stage.clock.now == SignOnStage.start + 100)
            #expect(try stage.access(tokens).issuedAt == SignOnStage.start)
            #expect(try stage.refresh(tokens).issuedAt == SignOnStage.start)
        }
    }
}
