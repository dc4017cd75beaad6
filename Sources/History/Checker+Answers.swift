extension Checker {
    /// Every answer is of the kind that its operation has, and speaks of the same session.
    func answers(_ past: UserHistory) -> [Violation] {
        var sessions: Set<String> = []
        return past.events.compactMap { event in
            switch (event.operation, event.answer) {
            case (_, .lost), (_, .unavailable), (_, .doubtful): return nil
            case (_, .unexpected): return Violation("unexpected answer", event)
            case (.signIn, .tokens(let access, let refresh)):
                guard access.session == refresh.session, access.count == refresh.count else {
                    return Violation("tokens that differ", event)
                }
                // Nobody begins a session that is there.
                return sessions.insert(access.session).inserted ? nil : Violation("session of another", event)
            case (.refresh(let token), .tokens(let access, let refresh)):
                let isRight = [access, refresh].allSatisfy { $0.session == token.session && $0.count == token.count }
                return isRight ? nil : Violation("tokens that differ", event)
            case (.changePassword(let token, _, _), .tokens(let access, let refresh)):
                let isRight = [access, refresh].allSatisfy {
                    $0.session == token.session && $0.count == token.count + 1
                }
                return isRight ? nil : Violation("tokens that differ", event)
            case (.signOut, .done), (.signOutEverywhere, .done), (.check, .done): return nil
            // No database is asked for these, and the tokens of a history have not expired.
            case (.signOut, .refused), (.check, .refused):
                return mayBeRefused(event, past) ? nil : Violation("good token refused", event)
            case (.signIn, .refused), (.refresh, .refused), (.signOutEverywhere, .refused),
                (.changePassword, .refused):
                return nil
            default: return Violation("unexpected answer", event)
            }
        }
    }
}
