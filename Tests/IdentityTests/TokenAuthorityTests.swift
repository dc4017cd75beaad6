import Testing
import Tokens

@testable import Identity

@Suite("A server's authority over tokens")
struct TokenAuthorityTests {
    private let user = SignedInUser(
        id: UserID(rawValue: "user-1"), name: "anna", session: SessionID(rawValue: "session-1"), count: 4)

    private func ring(_ ids: String...) throws -> KeyRing {
        try KeyRing(ids.map { try Key(id: $0, secret: [UInt8](repeating: $0.utf8.first ?? 0, count: 32)) })
    }

    @Test("It issues what it verifies, and each server what the other verifies")
    func bothServers() throws {
        let clock = SettableClock(1_000)
        let bank = try SignOnStage.authority("bank", clock)
        let retirement = try SignOnStage.authority("retirement", clock)
        let access = try bank.accessToken(for: user, at: 1_000)
        #expect(access.life == 900)
        let claims = try retirement.verify(access.text, as: AccessClaims.self).claims
        #expect(claims.session.issuer == "bank")
        #expect(claims.session.count == 4)
        #expect(claims.userName == "anna")
        let refresh = try retirement.refreshToken(for: user, at: 1_000)
        #expect(refresh.life == 604_800)
        #expect(try bank.verify(refresh.text, as: RefreshClaims.self).claims.session.issuer == "retirement")
    }

    @Test("No two tokens have one jti")
    func uniqueIDs() throws {
        let authority = try SignOnStage.authority("bank", SettableClock(1_000))
        let ids = try (0..<100).map { _ in
            try authority.verify(authority.accessToken(for: user, at: 1_000).text, as: AccessClaims.self)
                .claims.session.tokenID
        }
        #expect(Set(ids).count == 100)
    }

    @Test("New keys sign from now on; a token of an old key is good as long as that key is in the ring")
    func rotation() throws {
        let authority = try SignOnStage.authority("bank", SettableClock(1_000))
        authority.replaceKeys(try ring("a"))
        let old = try authority.accessToken(for: user, at: 1_000).text
        authority.replaceKeys(try ring("b", "a"))
        let new = try authority.accessToken(for: user, at: 1_000).text
        #expect(try authority.verify(old, as: AccessClaims.self).keyID == "a")
        #expect(try authority.verify(new, as: AccessClaims.self).keyID == "b")
        authority.replaceKeys(try ring("b"))
        #expect(throws: TokenError.unknownKey) { try authority.verify(old, as: AccessClaims.self) }
        #expect(throws: Never.self) { try authority.verify(new, as: AccessClaims.self) }
    }
}
