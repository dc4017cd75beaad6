extension Checker {
    /// Once a revocation is acknowledged, no token that it revoked does anything that begins afterwards.
    func revocations(_ past: UserHistory) -> [Violation] {
        past.events.compactMap { event in
            guard event.succeeded, let token = event.liveToken else { return nil }
            if past.isSignedOut(token.session, before: event.begin) {
                return Violation("revoked token accepted", event, "its session had been signed out")
            }
            let known = past.count(before: event.begin)
            if token.count < known {
                return Violation("revoked token accepted", event, "the count was \(known)")
            }
            return nil
        }
    }

    /// Who is refused is refused for a reason.
    func refusals(_ past: UserHistory) -> [Violation] {
        past.events.compactMap { event in
            guard let token = event.liveToken, case .refused(let code) = event.answer else { return nil }
            let isRevoked = past.mayBeRevoked(token, before: event.end)
            switch code {
            case "token_revoked" where isRevoked: return nil
            case TokenChain.reuseCode where isRevoked || past.chain.mayBeOld(token, before: event.end): return nil
            case "invalid_credentials":
                // A wrong password; whether it was wrong is for the rule on passwords.
                if case .changePassword = event.operation { return nil }
                return Violation("refused without a reason", event)
            default: return Violation("refused without a reason", event)
            }
        }
    }
}
