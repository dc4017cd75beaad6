extension Checker {
    /// What was acknowledged is in the database, and what is there was asked for.
    func database(_ past: UserHistory, _ stored: StoredUser?, _ user: String) -> [Violation] {
        guard let stored else { return [Violation("user lost", "\(user) is not in the database")] }
        var violations: [Violation] = []
        func violate(_ rule: String, _ story: String) { violations.append(Violation(rule, "\(user): \(story)")) }

        if stored.count < past.highestCount {
            violate("count lost", "the database has \(stored.count), and \(past.highestCount) was acknowledged")
        }
        for count in 0..<max(0, stored.count) where !past.mayBeRaised(from: count, before: .max) {
            violate("count grew by itself", "the database has \(stored.count), and nobody raised it from \(count)")
        }
        let begun = Set(past.events.compactMap(\.sessionThatItBegan))
        for session in begun.sorted() where stored.sessions[session] == nil {
            violate("session lost", "\(session) was acknowledged and is not in the database")
        }
        for session in past.signedOutSessions where stored.sessions[session] != true {
            violate("sign-out lost", "\(session) was signed out and has not ended in the database")
        }
        for (session, hasEnded) in stored.sessions.sorted(by: { $0.key < $1.key }) where hasEnded {
            let isExplained =
                past.mayBeSignedOut(session, before: .max) || past.chain.mayBeEnded(session, before: .max)
            if !isExplained { violate("session ended by itself", "\(session) has ended, and nobody signed it out") }
        }
        let lost = past.events.count { $0.mayHaveBegunASessionUnseen }
        let unknown = Set(stored.sessions.keys).subtracting(begun).count
        if unknown > lost {
            violate("session of nobody", "\(unknown) sessions are unknown, and only \(lost) sign-ins went unanswered")
        }
        return violations
    }
}

extension Event {
    fileprivate var sessionThatItBegan: String? {
        if case .signIn = operation, case .tokens(let access, _) = answer { access.session } else { nil }
    }

    fileprivate var mayHaveBegunASessionUnseen: Bool {
        if case .signIn = operation, !succeeded { mayHaveBeenDone } else { false }
    }
}
