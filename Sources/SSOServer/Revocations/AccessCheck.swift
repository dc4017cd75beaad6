import Identity
import Tokens

/// Checks access tokens: by their signature and claims, and against what was heard of revocations. No database is asked,
/// and nobody waits.
struct AccessCheck: Sendable {
    let authority: TokenAuthority
    /// Nil where an access token lives until it expires.
    let revocations: RevocationWatch?

    /// Checks an access token, and counts what came of it.
    ///
    /// - Throws: `IdentityError/invalidToken(_:)`, `IdentityError/revoked` or, where nobody knows what is revoked and the
    ///   policy is to refuse then, `IdentityError/revocationsUnknown`.
    func counted(_ text: String) throws(IdentityError) -> VerifiedToken<AccessClaims> {
        do throws(IdentityError) {
            let token = try verify(text)
            ResultCounters.tokenChecks.succeed()
            return token
        } catch {
            ResultCounters.tokenChecks.fail(error)
            throw error
        }
    }

    /// Whether a token that was refused as revoked is of a session that has ended: who signs out of it once more has what
    /// they want.
    func isOfEndedSession(_ text: String) -> Bool {
        guard let revocations, let token = try? authority.verify(text, as: AccessClaims.self) else { return false }
        return revocations.hasHeardOfTheEnd(of: token, at: { authority.now })
    }

    /// The same as ``counted(_:)`` without counting.
    func verify(_ text: String) throws(IdentityError) -> VerifiedToken<AccessClaims> {
        let token: VerifiedToken<AccessClaims>
        do throws(TokenError) {
            token = try authority.verify(text, as: AccessClaims.self)
        } catch {
            throw .invalidToken(error)
        }
        try revocations?.hold(token, at: { authority.now })
        return token
    }
}
