/// Lets attempts through as often as ``AttemptLimits`` says, counted over all servers of the cluster.
///
/// The work of what it lets through knows its ``Place/current``, with or without limits: of a server's password hashes,
/// each place has its share.
public struct AttemptGate: Sendable {
    private let store: any AttemptStore
    private let limits: AttemptLimits?
    private let clock: @Sendable () -> Int

    /// A gate.
    ///
    /// - Parameters:
    ///   - limits: nil lets everything through, and asks the store nothing.
    ///   - clock: gives the time in whole milliseconds since 1970.
    public init(store: any AttemptStore, limits: AttemptLimits?, clock: @escaping @Sendable () -> Int) {
        self.store = store
        self.limits = limits
        self.clock = clock
    }

    /// An attempt to sign in, which `work` makes.
    ///
    /// - Throws: ``IdentityError/tooManyAttempts(retryAfter:)``, ``IdentityError/store(_:)``, and what `work` throws.
    public func signIn<Result>(
        _ name: String, from place: Place, _ work: () async throws(IdentityError) -> Result
    ) async throws(IdentityError) -> Result {
        guard let limits else { return try await at(place, work) }
        let account = SignInBuckets(name, place, limits)
        let isAtHome = try await enter(account.all) { times, now in account.reserve(&times, at: now) }
        do {
            let result = try await at(place, work)
            // It has succeeded; that its place in the count is not given back must not undo that.
            try? await change(account.all) { times, now in account.succeed(&times, at: now, wasAtHome: isAtHome) }
            return result
        } catch {
            try? await change(account.all) { times, now in
                account.fail(&times, at: now, wasAtHome: isAtHome, counts: error == .invalidCredentials)
            }
            throw error
        }
    }

    /// An attempt to change a password, by who holds a token of that user and says what the password is.
    ///
    /// - Throws: as ``signIn(_:from:_:)``.
    public func passwordChange<Result>(
        of user: UserID, from place: Place, _ work: () async throws(IdentityError) -> Result
    ) async throws(IdentityError) -> Result {
        guard let limits else { return try await at(place, work) }
        let buckets = Buckets("change", Array(user.rawValue.utf8), limits.account(atHome: false))
        try await enter(buckets.keys) { times, now in Self.take(buckets, &times, at: now) }
        do {
            let result = try await at(place, work)
            try? await change(buckets.keys) { times, now in buckets.remove(from: &times, at: now) }
            return result
        } catch {
            if error != .invalidCredentials {
                try? await change(buckets.keys) { times, now in buckets.remove(from: &times, at: now) }
            }
            throw error
        }
    }

    /// An attempt to register. Who succeeds is at home from then on.
    ///
    /// - Throws: as ``signIn(_:from:_:)``.
    public func registration<Result>(
        of name: String, from place: Place, _ work: () async throws(IdentityError) -> Result
    ) async throws(IdentityError) -> Result {
        guard let limits else { return try await at(place, work) }
        let taken = Buckets([(AttemptKey("register", place.prefix), limits.place)])
        let made = Buckets([(AttemptKey("registered", place.prefix), limits.registrations)])
        let home = SignInBuckets(name, place, limits).home
        // Counted as one that succeeds, before its password is hashed.
        try await enter(taken.keys + made.keys) { times, now -> Entrance<Void> in
            let wait = max(taken.wait(times, at: now), made.wait(times, at: now))
            guard wait == 0 else { return .refused(wait) }
            made.add(to: &times, at: now)
            return .entered(())
        }
        do {
            let result = try await at(place, work)
            try? await change([home]) { times, now in times[home] = now + AttemptLimits.homeLife }
            return result
        } catch {
            try? await change(taken.keys + made.keys) { times, now in
                made.remove(from: &times, at: now)
                if error == .usernameTaken { taken.add(to: &times, at: now) }
            }
            throw error
        }
    }

    /// Counts a request for a link to set a forgotten password, whether or not somebody has that name or address.
    ///
    /// - Throws: ``IdentityError/tooManyAttempts(retryAfter:)`` or ``IdentityError/store(_:)``.
    public func forgottenPassword(of name: String, from place: Place) async throws(IdentityError) {
        guard let limits else { return }
        let buckets = Buckets([
            (AttemptKey("forgot", Array(name.lowercased().utf8)), limits.account(atHome: false)[1]),
            (AttemptKey("forgot from", place.prefix), limits.place),
        ])
        try await enter(buckets.keys) { times, now in Self.take(buckets, &times, at: now) }
    }

    /// Counts a mail to an address.
    ///
    /// - Throws: ``IdentityError/tooManyAttempts(retryAfter:)`` if it is not to be sent, or ``IdentityError/store(_:)``.
    public func mail(_ mail: QueuedMail) async throws(IdentityError) {
        guard let limits else { return }
        let kind: StaticString = mail.kind == .passwordReset ? "links" : "warnings"
        let recipient = Array(mail.recipient.text.lowercased().utf8)
        let buckets = Buckets([
            (AttemptKey("mail to", Array("\(kind)".utf8), recipient), limits.mailsToAddress),
            (AttemptKey("mail of", Array("\(kind)".utf8), Array(mail.user.rawValue.utf8)), limits.mailsOfUser),
        ])
        try await enter(buckets.keys) { times, now in Self.take(buckets, &times, at: now) }
    }

    // MARK: Steps

    /// Does an attempt's work as coming from a place.
    private func at<Result>(
        _ place: Place, _ work: () async throws(IdentityError) -> Result
    ) async throws(IdentityError) -> Result {
        let outcome: Swift.Result<Result, IdentityError> = await Place.$current.withValue(place) {
            do throws(IdentityError) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// What became of asking to be let in.
    enum Entrance<Result: Sendable>: Sendable {
        case entered(Result)
        /// For so many milliseconds.
        case refused(Int)
    }

    private static func take(_ buckets: Buckets, _ times: inout [AttemptKey: Int], at now: Int) -> Entrance<Void> {
        let wait = buckets.wait(times, at: now)
        guard wait == 0 else { return .refused(wait) }
        buckets.add(to: &times, at: now)
        return .entered(())
    }

    @discardableResult
    private func enter<Result>(
        _ keys: [AttemptKey], _ ask: @escaping @Sendable (inout [AttemptKey: Int], _ now: Int) -> Entrance<Result>
    ) async throws(IdentityError) -> Result {
        switch try await change(keys, ask) {
        case .entered(let result): return result
        case .refused(let wait): throw .tooManyAttempts(retryAfter: (wait + 999) / 1000)
        }
    }

    private func change<Result: Sendable>(
        _ keys: [AttemptKey], _ change: @escaping @Sendable (inout [AttemptKey: Int], _ now: Int) -> Result
    ) async throws(IdentityError) -> Result {
        let now = clock()
        do {
            return try await store.changeTimes(under: keys, at: now) { change(&$0, now) }
        } catch {
            throw .store(error)
        }
    }
}

/// What a sign-in is counted under.
private struct SignInBuckets: Sendable {
    /// Until when the account is at home at this place.
    let home: AttemptKey
    private let place: Buckets
    private let elsewhere: Buckets
    private let atHome: Buckets

    /// - Parameter name: what was typed; names are the same without case.
    init(_ name: String, _ place: Place, _ limits: AttemptLimits) {
        let account = Array(name.lowercased().utf8)
        home = AttemptKey("home", account, place.prefix)
        self.place = Buckets([(AttemptKey("place", place.prefix), limits.place)])
        elsewhere = Buckets("account", account, limits.account(atHome: false))
        atHome = Buckets("account at home", home.bytes, limits.account(atHome: true))
    }

    var all: [AttemptKey] { [home] + place.keys + elsewhere.keys + atHome.keys }

    /// Takes a place in the account's count, if there is room there and at the place.
    ///
    /// - Returns: whether the account is at home.
    func reserve(_ times: inout [AttemptKey: Int], at now: Int) -> AttemptGate.Entrance<Bool> {
        let isAtHome = times[home].map { $0 > now } ?? false
        let wait = max(place.wait(times, at: now), account(isAtHome).wait(times, at: now))
        guard wait == 0 else { return .refused(wait) }
        account(isAtHome).add(to: &times, at: now)
        return .entered(isAtHome)
    }

    func succeed(_ times: inout [AttemptKey: Int], at now: Int, wasAtHome: Bool) {
        account(wasAtHome).remove(from: &times, at: now)
        let end = now + AttemptLimits.homeLife
        // Once a day is often enough.
        if (times[home] ?? 0) < end - 86_400_000 { times[home] = end }
    }

    /// - Parameter counts: false if it failed for a reason that says nothing about the password.
    func fail(_ times: inout [AttemptKey: Int], at now: Int, wasAtHome: Bool, counts: Bool) {
        if counts { place.add(to: &times, at: now) } else { account(wasAtHome).remove(from: &times, at: now) }
    }

    private func account(_ isAtHome: Bool) -> Buckets { isAtHome ? atHome : elsewhere }
}
