extension Checker {
    /// A while after a revocation was acknowledged, no server takes an access token that it is about. For a server that
    /// could not hear of it, the while begins when it could again.
    ///
    /// Who signs out of a session that has ended is told that it has; what else changes something asks the database.
    func accessRevocations(_ past: UserHistory) -> [Violation] {
        guard let accessBound else { return [] }
        return past.events.compactMap { event in
            guard event.answer == .done, case .check(let token) = event.operation else { return nil }
            let time = silences.heard(in: event, within: accessBound)
            if past.isSignedOut(token.session, before: time) {
                return Violation("revoked access token accepted", event, "its session had been signed out")
            }
            if past.chain.isEnded(token.session, before: time) {
                return Violation("revoked access token accepted", event, "an old token had ended its session")
            }
            let known = past.count(before: time)
            return token.count < known
                ? Violation("revoked access token accepted", event, "the count was \(known)") : nil
        }
    }

    /// Whether a server may refuse an access token as revoked: somebody may have revoked it.
    func mayBeRefused(_ event: Event, _ past: UserHistory) -> Bool {
        guard accessBound != nil, event.answer == .refused("token_revoked"), let token = event.accessToken else {
            return false
        }
        return past.mayBeRevoked(token, before: event.end)
    }
}

extension UserHistory {
    /// Whether something that was begun before this time may have revoked a token.
    func mayBeRevoked(_ token: TokenFacts, before time: Int) -> Bool {
        mayBeSignedOut(token.session, before: time) || mayBeRaised(from: token.count, before: time)
            || chain.mayBeEnded(token.session, before: time)
    }
}

extension Event {
    /// The access token that was shown, where no database has to be asked about it.
    var accessToken: TokenFacts? {
        switch operation {
        case .check(let token), .signOut(let token): token
        default: nil
        }
    }
}
