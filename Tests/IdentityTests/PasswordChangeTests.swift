import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("Changing the password")
struct PasswordChangeTests {
    @Test(
        "This session goes on with new tokens, all others are out, and only the new password signs in",
        arguments: StoreKind.allCases)
    func change(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let mine = try await stage.signedIn()
            let other = try await stage.retirement.signIn(username: "anna", password: "correct horse")
            stage.clock.now += 10
            let new = try await stage.bank.changePassword(
                stage.access(mine), current: "correct horse", new: "battery staple")
            let claims = try stage.access(new)
            #expect(claims.count == 1)
            #expect(claims.sessionID == (try stage.access(mine).sessionID))
            #expect(claims.issuedAt == SignOnStage.start + 10)
            #expect(try stage.refresh(new).count == 1)
            await stage.expectGood(new)
            // The session lives, but its refresh token of before the change does not.
            await stage.expectRevoked(mine)
            await stage.expectRevoked(other)
            let live = try await stage.store.users(liveSince: 0).map(\.liveSessions)
            #expect(live == [1])
            await #expect(throws: IdentityError.invalidCredentials) {
                try await stage.bank.signIn(username: "anna", password: "correct horse")
            }
            await #expect(throws: Never.self) {
                try await stage.retirement.signIn(username: "anna", password: "battery staple")
            }
        }
    }

    private func expectRefusal(
        _ error: IdentityError, current: String, new: String,
        _ prepare: (SignOnStage, SessionClaims) async throws -> Void
    ) async throws {
        try await withSignOn { stage in
            let claims = try stage.access(try await stage.signedIn("annaanna"))
            try await prepare(stage, claims)
            let before = try await stage.store.users(liveSince: 0)
            await #expect(throws: error) { try await stage.bank.changePassword(claims, current: current, new: new) }
            let after = try await stage.store.users(liveSince: 0)
            #expect(after.map(\.user) == before.map(\.user))
            #expect(after.map(\.liveSessions) == before.map(\.liveSessions))
            await #expect(throws: Never.self) {
                try await stage.bank.signIn(username: "annaanna", password: "correct horse")
            }
        }
    }

    @Test("A wrong current password changes nothing", arguments: ["", "wrong horse", "battery staple"])
    func wrongPassword(current: String) async throws {
        try await expectRefusal(.invalidCredentials, current: current, new: "battery staple") { _, _ in }
    }

    @Test("A new password that breaks the rule changes nothing", arguments: ["", "seven77", "AnnaAnna"])
    func invalidPassword(new: String) async throws {
        try await expectRefusal(.invalidPassword, current: "correct horse", new: new) { _, _ in }
    }

    @Test("A token that was revoked changes nothing, though the password is right")
    func revokedToken() async throws {
        try await expectRefusal(.revoked, current: "correct horse", new: "battery staple") { stage, claims in
            try await stage.bank.signOutEverywhere(claims)
        }
    }

    @Test("A token of a session that ended changes nothing, though the password is right")
    func endedSession() async throws {
        try await expectRefusal(.revoked, current: "correct horse", new: "battery staple") { stage, claims in
            try await stage.bank.signOut(claims)
        }
    }

    @Test("A token of a user who is not there is revoked", arguments: StoreKind.allCases)
    func unknownUser(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            var claims = try stage.access(try await stage.signedIn())
            claims.subject = "nobody"
            let nobody = claims
            await #expect(throws: IdentityError.revoked) {
                try await stage.bank.changePassword(nobody, current: "correct horse", new: "battery staple")
            }
        }
    }

    @Test(
        "Of several changes at once from several devices, one wins and the others are revoked",
        arguments: StoreKind.allCases)
    func oneWinner(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            var devices = [try stage.access(try await stage.signedIn())]
            for _ in 0..<7 {
                let tokens = try await stage.bank.signIn(username: "anna", password: "correct horse")
                devices.append(try stage.access(tokens))
            }
            let outcomes = await withTaskGroup(of: IdentityError?.self) { group in
                for (number, claims) in devices.enumerated() {
                    group.addTask {
                        do throws(IdentityError) {
                            _ = try await stage.bank.changePassword(
                                claims, current: "correct horse", new: "battery staple \(number)")
                            return nil
                        } catch { return error }
                    }
                }
                return await group.reduce(into: [IdentityError?]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.allSatisfy { $0 == nil || $0 == .revoked })
            let users = try await stage.store.users(liveSince: 0)
            #expect(users.map(\.user.count) == [1])
            #expect(users.map(\.liveSessions) == [1])
        }
    }

    @Test("Who signs in while the password changes gets no session under the old one", arguments: StoreKind.allCases)
    func signInRacesChange(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let claims = try stage.access(try await stage.signedIn())
            let changing = InterruptedStore(store: stage.store) { call throws(StoreError) in
                guard call == .begin else { return }
                _ = try? await stage.bank.changePassword(claims, current: "correct horse", new: "battery staple")
            }
            let server = try stage.signOn(store: changing)
            await #expect(throws: IdentityError.invalidCredentials) {
                try await server.signIn(username: "anna", password: "correct horse")
            }
            let users = try await stage.store.users(liveSince: 0)
            #expect(users.map(\.user.count) == [1])
            #expect(users.map(\.liveSessions) == [1])
        }
    }
}
