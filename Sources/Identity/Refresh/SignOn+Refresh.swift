public import Tokens

/// Exchanging refresh tokens.
extension SignOn {
    /// Exchanges a refresh token for new tokens of the same session.
    ///
    /// - Throws: ``IdentityError/invalidToken(_:)``, ``IdentityError/revoked``, ``IdentityError/reused`` or
    ///   ``IdentityError/store(_:)``.
    public func refresh(_ token: String) async throws(IdentityError) -> IssuedTokens {
        let (user, time, next) = try await exchange(verified(token, as: RefreshClaims.self))
        return try issuing { () throws(TokenError) in
            let access = try authority.accessToken(for: user, at: time)
            if let next { return IssuedTokens(access: access, refresh: next) }
            return IssuedTokens(access: access, refresh: try authority.refreshToken(for: user, at: time))
        }
    }

    /// Gives a new access token for a refresh token: the renewal on the way of a page. The refresh token is exchanged as
    /// well, if the rule is that it is good once.
    ///
    /// - Throws: as ``refresh(_:)``.
    public func renew(_ token: String) async throws(IdentityError) -> Renewal {
        let refresh = try verified(token, as: RefreshClaims.self)
        let (user, time, next) = try await exchange(refresh)
        return try issuing { () throws(TokenError) in
            let access = try authority.accessToken(for: user, at: time)
            return Renewal(
                access: access, token: try authority.verify(access.text, as: AccessClaims.self), refresh: refresh,
                successor: next)
        }
    }

    /// Whom a refresh token signs in, if it is good: its own rules hold, its count is the user's, its session has not
    /// ended and, where tokens rotate, it is the session's current one or may come again.
    ///
    /// The time is taken before the count is read, so no token claims to have been issued after a revocation that it
    /// did not see.
    private func exchange(
        _ token: VerifiedToken<RefreshClaims>
    ) async throws(IdentityError) -> (SignedInUser, time: Int, next: IssuedToken?) {
        let claims = token.claims.session
        let time = authority.now
        // It was good a moment ago, and its end may have come since.
        guard time < claims.expiresAt else { throw .invalidToken(.expired) }
        func user(_ name: UserName) -> SignedInUser {
            SignedInUser(
                id: claims.user, name: name.spelling, session: claims.session, count: claims.count,
                signedInAt: claims.authenticatedAt ?? claims.issuedAt)
        }
        switch authority.terms.refreshRule {
        case .count:
            let state = try await stored { () async throws(StoreError) in
                try await store.useSession(claims.session, of: claims.user, at: time)
            }
            guard let state, !state.hasEnded, state.count == claims.count else { throw try await refused(claims, time) }
            return (user(state.userName), time, nil)
        case .rotation(let grace):
            let nextID = RefreshStamp.successor(of: claims.tokenID)
            let successor = RefreshStamp(
                hash: RefreshStamp.hash(of: nextID), issuedAt: time, issuer: authority.terms.issuer)
            let exchange = RefreshExchange(
                user: claims.user, session: claims.session, count: claims.count,
                presented: RefreshStamp.hash(of: claims.tokenID), successor: successor, time: time, grace: grace)
            let outcome = try await stored { () async throws(StoreError) in try await store.exchangeRefresh(exchange) }
            let (name, current) =
                switch outcome {
                case .rotated(let name): (name, successor)
                case .repeated(let name, let current): (name, current)
                case .reused: throw .reused
                case .refused: throw try await refused(claims, time)
                }
            let signedIn = user(name)
            let next = try issuing { () throws(TokenError) in
                try authority.refreshToken(
                    for: signedIn, at: current.issuedAt, id: nextID, issuer: current.issuer)
            }
            return (signedIn, time, next)
        }
    }

    /// Records that a refresh token was refused, and says why.
    private func refused(_ claims: SessionClaims, _ time: Int) async throws(IdentityError) -> IdentityError {
        try await stored { () async throws(StoreError) in
            try await store.record(
                .refreshRefused, of: claims.user, in: claims.session, detail: nil, at: time)
        }
        return .revoked
    }
}

extension SessionClaims {
    var user: UserID { UserID(rawValue: subject) }
    var session: SessionID { SessionID(rawValue: sessionID) }
}

/// An access token that was renewed on the way.
public struct Renewal: Sendable {
    /// The new access token.
    public let access: IssuedToken
    /// The same token, verified.
    public let token: VerifiedToken<AccessClaims>
    /// The refresh token that it was renewed by.
    public let refresh: VerifiedToken<RefreshClaims>
    /// The refresh token that comes after it; nil if that one stays good.
    public let successor: IssuedToken?
}
