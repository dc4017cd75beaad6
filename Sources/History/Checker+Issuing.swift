extension Checker {
    /// Once a revocation is acknowledged, nothing that begins afterwards hands out a token that it revoked: of a session
    /// that has ended, or of an older count.
    func issuing(_ past: UserHistory) -> [Violation] {
        past.events.compactMap { event in
            guard case .tokens(let access, let refresh) = event.answer else { return nil }
            for token in [access, refresh] {
                if past.isSignedOut(token.session, before: event.begin) {
                    return Violation("revoked token issued", event, "its session had been signed out")
                }
                if past.chain.isEnded(token.session, before: event.begin) {
                    return Violation("revoked token issued", event, "an old token had ended its session")
                }
                let known = past.count(before: event.begin)
                if token.count < known { return Violation("revoked token issued", event, "the count was \(known)") }
            }
            return nil
        }
    }
}
