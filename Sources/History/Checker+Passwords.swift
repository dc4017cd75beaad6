extension Checker {
    /// A password is good from its change on until the next one. Password 0 is the first; none comes back.
    func passwords(_ past: UserHistory) -> [Violation] {
        // When each was given up, known and possible; and when each may first have been there.
        let gone = past.events.earliest(\.end) { $0.succeeded ? $0.change?.from : nil }
        let going = past.events.earliest(\.begin) { $0.mayHaveBeenDone ? $0.change?.from : nil }
        let coming = past.events.earliest(\.begin) { $0.mayHaveBeenDone ? $0.change?.to : nil }
        // Known to be there: the first one, and what was acknowledged.
        var known = past.events.earliest(\.end) { $0.succeeded ? $0.change?.to ?? $0.signInPassword : nil }
        known[0] = .min

        return past.events.compactMap { event in
            guard let password = event.signInPassword ?? event.change?.from else { return nil }
            if event.succeeded {
                if let end = gone[password], end < event.begin {
                    return Violation("old password accepted", event, "it had been changed")
                }
                guard password == 0 || coming[password].map({ $0 < event.end }) ?? false else {
                    return Violation("password that nobody chose", event)
                }
                return nil
            }
            switch (event.answer, event.signInPassword) {
            case (.refused("invalid_credentials"), _):
                let mayBeGone = going[password].map { $0 < event.end } ?? false
                let mayBeMissing = known[password].map { $0 >= event.begin } ?? true
                return mayBeGone || mayBeMissing ? nil : Violation("good password refused", event)
            case (.refused, .some): return Violation("refused without a reason", event)
            default: return nil
            }
        }
    }
}

extension Event {
    fileprivate var signInPassword: Int? {
        if case .signIn(let password) = operation { password } else { nil }
    }

    fileprivate var change: (from: Int, to: Int)? {
        if case .changePassword(_, let from, let to) = operation { (from, to) } else { nil }
    }
}
