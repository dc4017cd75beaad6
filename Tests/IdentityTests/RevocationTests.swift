import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("Signing out")
struct RevocationTests {
    @Test("Signing out ends this session on both servers, and no other", arguments: StoreKind.allCases)
    func signOut(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn()
            let second = try await stage.bank.signIn(username: "anna", password: "correct horse")
            try await stage.retirement.signOut(stage.access(first))
            await stage.expectRevoked(first)
            await stage.expectGood(second)
            // Again is no error.
            try await stage.bank.signOut(stage.access(first))
            await stage.expectRevoked(first)
        }
    }

    @Test("Every refresh token of an ended session is dead, later ones too", arguments: StoreKind.allCases)
    func allTokensOfASession(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn()
            let later = try await stage.retirement.refresh(first.refresh.text)
            try await stage.bank.signOut(stage.access(first))
            await stage.expectRevoked(later)
        }
    }

    @Test("An access token lives on until it expires: it is checked without the store", arguments: StoreKind.allCases)
    func accessToken(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let claims = try stage.access(tokens)
            try await stage.bank.signOutEverywhere(claims)
            try await stage.bank.signOut(claims)
            stage.clock.now += 899
            #expect(throws: Never.self) { try stage.access(tokens) }
            stage.clock.now += 1
            #expect(throws: TokenError.expired) { try stage.access(tokens) }
        }
    }

    @Test(
        "Signing out everywhere kills every refresh token of the user, and nobody else's", arguments: StoreKind.allCases
    )
    func everywhere(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn("anna")
            let second = try await stage.retirement.signIn(username: "anna", password: "correct horse")
            let bert = try await stage.signedIn("bert")
            try await stage.bank.signOutEverywhere(stage.access(first))
            await stage.expectRevoked(first)
            await stage.expectRevoked(second)
            await stage.expectGood(bert)
            let users = try await stage.store.users(liveSince: 0)
            #expect(users.map(\.user.count) == [1, 0])
            #expect(users.map(\.liveSessions) == [0, 1])
            let again = try await stage.bank.signIn(username: "anna", password: "correct horse")
            #expect(try stage.access(again).count == 1)
            await stage.expectGood(again)
            await stage.expectRevoked(first)
        }
    }

    @Test("A token that was revoked cannot sign its owner out again", arguments: StoreKind.allCases)
    func stolenToken(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let stolen = try stage.access(try await stage.signedIn())
            try await stage.bank.signOutEverywhere(stolen)
            let again = try await stage.bank.signIn(username: "anna", password: "correct horse")
            await #expect(throws: IdentityError.revoked) { try await stage.retirement.signOutEverywhere(stolen) }
            await stage.expectGood(again)
            let ended = try stage.access(again)
            try await stage.bank.signOut(ended)
            await #expect(throws: IdentityError.revoked) { try await stage.retirement.signOutEverywhere(ended) }
            let counts = try await stage.store.users(liveSince: 0).map(\.user.count)
            #expect(counts == [1])
        }
    }

    @Test(
        "A refresh under way when everything is revoked gives no token that outlives it", arguments: StoreKind.allCases)
    func refreshRacesRevocation(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let tokens = try await stage.signedIn()
            let claims = try stage.access(tokens)
            let revoking = InterruptedStore(store: stage.store) { call throws(StoreError) in
                if call == .use { _ = try await stage.store.advanceCount(of: UserID(rawValue: claims.subject)) }
            }
            let server = try stage.signOn(store: revoking)
            await #expect(throws: IdentityError.revoked) { try await server.refresh(tokens.refresh.text) }
        }
    }

    @Test("Whatever order two servers work in, each revocation holds", arguments: StoreKind.allCases)
    func combined(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let first = try await stage.signedIn()
            let second = try await stage.bank.signIn(username: "anna", password: "correct horse")
            try await stage.bank.signOut(stage.access(first))
            try await stage.retirement.signOutEverywhere(stage.access(second))
            let third = try await stage.bank.signIn(username: "anna", password: "correct horse")
            for dead in [first, second] { await stage.expectRevoked(dead) }
            await stage.expectGood(third)
        }
    }
}
