import History

/// One device of a user: it does what its steps say, with the tokens that it has.
struct Device {
    let account: Account
    let caller: Caller
    private var access: HeldToken?
    private var refresh: HeldToken?
    private var previous: HeldToken?

    init(account: Account, caller: Caller) {
        self.account = account
        self.caller = caller
    }

    /// Does one step. Who has no session signs in instead.
    mutating func take(_ step: Step) async throws {
        guard let access, let refresh else { return try await signIn(at: step.server) }
        switch step.kind {
        case .check: _ = try await caller.check(account, access, at: step.server)
        case .refresh: try await exchange(refresh, at: step.server)
        case .refreshPrevious: try await exchange(previous ?? refresh, at: step.server)
        case .refreshOld:
            let tokens = account.refreshTokens
            // Somebody else's tokens by now: what comes of them is written down, and not used.
            _ = try await caller.refresh(account, tokens[step.choice % tokens.count], at: step.server)
        case .refreshTwice: try await race(refresh, at: step.server)
        case .signOut:
            let outcome = try await caller.signOut(account, access, at: step.server)
            if outcome.answer == .done { forget() }
        case .signOutEverywhere: try await signOutEverywhere(access, at: step.server)
        case .signOutEverywhereOld:
            let tokens = account.accessTokens
            try await signOutEverywhere(tokens[step.choice % tokens.count], at: step.server)
        case .changePassword: try await changePassword(access, at: step.server)
        }
    }

    private mutating func signIn(at server: Int) async throws {
        let password = account.password
        let outcome = try await caller.signIn(account, password: password, at: server)
        switch outcome.answer {
        case .tokens: account.isGood(password)
        case .refused: account.isDoubtful(password)
        default: break
        }
        adopt(outcome)
    }

    private mutating func exchange(_ token: HeldToken, at server: Int) async throws {
        adopt(try await caller.refresh(account, token, at: server))
    }

    /// Two tabs refresh at once, at both servers.
    private mutating func race(_ token: HeldToken, at server: Int) async throws {
        async let one = caller.refresh(account, token, at: server)
        async let other = caller.refresh(account, token, at: 1 - server)
        let outcomes = try await [one, other]
        adopt(outcomes.first { $0.refresh != nil } ?? outcomes[0])
    }

    private mutating func signOutEverywhere(_ token: HeldToken, at server: Int) async throws {
        let outcome = try await caller.signOutEverywhere(account, token, at: server)
        // With another session's token, this one is out as well.
        if outcome.answer == .done { forget() }
        if case .refused = outcome.answer, token.facts == access?.facts { forget() }
    }

    private mutating func changePassword(_ token: HeldToken, at server: Int) async throws {
        let (old, new) = (account.password, account.newPassword())
        let outcome = try await caller.changePassword(account, token, from: old, to: new, at: server)
        switch outcome.answer {
        case .tokens: account.isGood(new)
        case .lost, .doubtful: account.isDoubtful(new)
        default: break
        }
        adopt(outcome)
    }

    /// Goes on with new tokens; without them if it was refused. After no answer it goes on with those that it has.
    private mutating func adopt(_ outcome: Caller.Outcome) {
        if let newAccess = outcome.access, let newRefresh = outcome.refresh {
            previous = refresh
            (access, refresh) = (newAccess, newRefresh)
        } else if case .refused(let code) = outcome.answer, code != "invalid_credentials" {
            forget()
        }
    }

    private mutating func forget() {
        (access, refresh, previous) = (nil, nil, nil)
    }
}
