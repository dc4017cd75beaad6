import Holdings
import Testing
import Tokens

@testable import Identity

@Suite("A forgotten password")
struct PasswordResetTests {
    /// The rules at one of the servers.
    private func reset(_ stage: SignOnStage, at server: String = "bank") throws -> PasswordReset {
        PasswordReset(
            authority: try SignOnStage.authority(server, stage.clock), store: stage.store, hasher: stage.hasher)
    }

    /// The token of the mail that the user asks for.
    private func token(_ stage: SignOnStage, for name: String = "anna") async throws -> String {
        let reset = try reset(stage)
        try await reset.request(username: name, linkTo: "http://bank")
        let now = stage.clock.now
        let mail = try #require(try await stage.store.takeMail(at: now, until: now + 60))
        return try #require(try reset.token(for: mail, at: now))
    }

    private func register(_ stage: SignOnStage, _ name: String = "anna") async throws -> IssuedTokens {
        try await stage.bank.register(username: name, password: "correct horse", email: "\(name)@example.com")
        return try await stage.bank.signIn(username: name, password: "correct horse")
    }

    @Test("The token says whose it is, of which count, and that it lives half an hour", arguments: StoreKind.allCases)
    func claims(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let user = try stage.access(await register(stage)).subject
            let claims = try stage.retirement.authority
                .verify(await token(stage), as: ResetClaims.self).claims.session
            #expect(claims.subject == user && claims.count == 0 && claims.issuer == "bank" && claims.sessionID == "")
            #expect(claims.issuedAt == stage.clock.now && claims.expiresAt == stage.clock.now + 1800)
        }
    }

    @Test(
        "It sets the password at either server, ends all sessions, and works once", arguments: ["bank", "retirement"])
    func once(server: String) async throws {
        try await withSignOn { stage in
            let laptop = try await register(stage)
            let bob = try await register(stage, "bob")
            let token = try await token(stage)
            let rules = try reset(stage, at: server)
            #expect(try await rules.check(token).name.spelling == "anna")
            try await rules.reset(token, to: "battery staple")
            await stage.expectRevoked(laptop)
            await stage.expectGood(bob)
            await #expect(throws: IdentityError.invalidCredentials) {
                try await stage.bank.signIn(username: "anna", password: "correct horse")
            }
            try await stage.expectGood(stage.bank.signIn(username: "anna", password: "battery staple"))
            for server in ["bank", "retirement"] {
                let rules = try reset(stage, at: server)
                await #expect(throws: IdentityError.revoked) { try await rules.check(token) }
                await #expect(throws: IdentityError.revoked) { try await rules.reset(token, to: "battery staple two") }
            }
        }
    }

    @Test("Of many who use one token at once, one wins", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            _ = try await register(stage)
            let token = try await token(stage)
            let rules = try [reset(stage), reset(stage, at: "retirement")]
            let wins = await withTaskGroup(of: String?.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        do throws(IdentityError) {
                            try await rules[index % 2].reset(token, to: "password number \(index)")
                            return "password number \(index)"
                        } catch { return error == .revoked ? nil : "failed: \(error)" }
                    }
                }
                return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }
            #expect(wins.count == 1)
            try await stage.expectGood(stage.bank.signIn(username: "anna", password: try #require(wins.first)))
        }
    }

    @Test("It lives half an hour, and no longer", arguments: StoreKind.allCases)
    func expiry(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            _ = try await register(stage)
            let token = try await token(stage)
            let rules = try reset(stage)
            stage.clock.now += 1799
            try await rules.check(token)
            stage.clock.now += 1
            await #expect(throws: IdentityError.invalidToken(.expired)) { try await rules.check(token) }
            await #expect(throws: IdentityError.invalidToken(.expired)) {
                try await rules.reset(token, to: "battery staple")
            }
            try await stage.expectGood(stage.bank.signIn(username: "anna", password: "correct horse"))
        }
    }

    @Test("A bad new password is told, and does not use it up", arguments: ["", "short", "anna-in-w", "ANNA-in-w"])
    func badPassword(bad: String) async throws {
        try await withSignOn { stage in
            let laptop = try await register(stage, "anna-in-w")
            let token = try await token(stage, for: "anna-in-w")
            let rules = try reset(stage)
            await #expect(throws: IdentityError.invalidPassword) { try await rules.reset(token, to: bad) }
            await stage.expectGood(laptop)
            try await rules.reset(token, to: "battery staple")
            await stage.expectRevoked(laptop)
        }
    }

    @Test(
        "Whatever else revokes the user's tokens takes it back; signing out of one session does not",
        arguments: StoreKind.allCases)
    func revoked(kind: StoreKind) async throws {
        let ways: [(SignOnStage, IssuedTokens) async throws -> Void] = [
            { try await $0.retirement.signOutEverywhere(try $0.access($1)) },
            {
                _ = try await $0.retirement.changePassword(
                    try $0.access($1), current: "correct horse", new: "tr0ubador and three")
            },
            { _ = try await $0.store.advanceCount(of: UserID(rawValue: try $0.access($1).subject)) },
        ]
        for revoke in ways {
            try await withSignOn(kind: kind) { stage in
                let laptop = try await register(stage)
                let token = try await token(stage)
                try await revoke(stage, laptop)
                let rules = try reset(stage)
                await #expect(throws: IdentityError.revoked) { try await rules.check(token) }
                await #expect(throws: IdentityError.revoked) { try await rules.reset(token, to: "battery staple") }
            }
        }
        try await withSignOn(kind: kind) { stage in
            let token: String
            let laptop = try await register(stage)
            token = try await self.token(stage)
            try await stage.bank.signOut(try stage.access(laptop))
            try await reset(stage).reset(token, to: "battery staple")
        }
    }

    @Test("A mail that was overtaken by a revocation gets no token", arguments: StoreKind.allCases)
    func overtaken(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let laptop = try await register(stage)
            let rules = try reset(stage)
            try await rules.request(username: "anna", linkTo: "http://bank")
            try await stage.bank.signOutEverywhere(try stage.access(laptop))
            let mail = try #require(try await stage.store.takeMail(at: stage.clock.now, until: stage.clock.now + 60))
            #expect(try rules.token(for: mail, at: stage.clock.now) == nil)
        }
    }

    @Test("No other token sets a password, and it is no other token", arguments: StoreKind.allCases)
    func otherTokens(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            let laptop = try await register(stage)
            let rules = try reset(stage)
            for text in [laptop.access.text, laptop.refresh.text] {
                await #expect(throws: IdentityError.invalidToken(.wrongType)) {
                    try await rules.reset(text, to: "battery staple")
                }
            }
            for text in ["", "x", "a.b.c", "é"] {
                await #expect(throws: IdentityError.invalidToken(.malformed)) { try await rules.check(text) }
            }
            let token = try await token(stage)
            await #expect(throws: IdentityError.invalidToken(.wrongType)) { try await stage.bank.refresh(token) }
            await #expect(throws: IdentityError.invalidToken(.wrongType)) { try await stage.bank.renew(token) }
            #expect(throws: TokenError.wrongType) { try stage.bank.authority.verify(token, as: AccessClaims.self) }
        }
    }

    @Test(
        "Asking for somebody who is not there, or by what is no name, queues nothing and says nothing",
        arguments: StoreKind.allCases)
    func nobody(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            try await stage.bank.register(username: "carl", password: "correct horse")
            let rules = try reset(stage)
            for name in ["nobody", "carl", "", "a", "a b", String(repeating: "x", count: 10_000), "anna\r\n"] {
                try await rules.request(username: name, linkTo: "http://bank")
            }
            #expect(try await stage.store.takeMail(at: .max / 2, until: .max / 2 + 1) == nil)
        }
    }

    @Test("An address that is none is refused at registration, and nobody is added", arguments: StoreKind.allCases)
    func invalidEmail(kind: StoreKind) async throws {
        try await withSignOn(kind: kind) { stage in
            await #expect(throws: IdentityError.invalidEmail) {
                try await stage.bank.register(
                    username: "anna", password: "correct horse", email: "anna@example.com\r\nBcc: eve@example.com")
            }
            try await stage.bank.register(username: "anna", password: "correct horse", email: "anna@example.com")
        }
    }
}
