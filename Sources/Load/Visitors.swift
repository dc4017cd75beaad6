import Curl
import Harness
import Statistics

/// All visitors, and who of them can do what.
struct Visitors {
    struct Visitor {
        let account: LoadPlan.Account
        var tokens: Tokens?
        /// Whether a request is under way that changes what tokens the visitor has.
        var isChanging = false
        /// How many requests are under way that show the access token.
        var browsing = 0
    }

    struct Tokens {
        let access: String
        let refresh: String
        /// When the access token is to be renewed, in nanoseconds of ``Stopwatch``.
        fileprivate(set) var end: Int

        /// What a sign-in or a refresh has answered; nil if that is something else.
        init?(_ exchange: Exchange, now: Int) {
            guard let access = exchange.json("access_token"), let refresh = exchange.json("refresh_token"),
                let life = exchange.jsonInteger("expires_in"), (0...1_000_000_000).contains(life)
            else { return nil }
            self.access = access
            self.refresh = refresh
            // Tokens count whole seconds, so this one may be over up to a second early; and a request is on its way for a
            // while.
            end = now + max(0, life - 1) * 900_000_000
        }
    }

    private var all: [Visitor]
    private var random: SeededGenerator
    /// Those who are signed out, so that a sign-in finds one at once.
    private var signedOut: [Int] = []

    init(_ accounts: [LoadPlan.Account], seed: UInt64) {
        all = accounts.map { Visitor(account: $0) }
        random = SeededGenerator(seed: seed, stream: 1)
    }

    var indices: Range<Int> { all.indices }

    subscript(index: Int) -> Visitor { all[index] }

    /// Finds a visitor who can do that now, and marks that they are at it. Nil if there is none.
    ///
    /// Whoever is to browse with an access token that is over has to renew it first, so that is what they are given to do.
    mutating func take(for kind: Kind, now: Int) -> (index: Int, kind: Kind)? {
        // Whoever is signed out signs in; where nobody is, somebody does so with one more device.
        if kind == .signIn, let index = signedOut.popLast() {
            all[index].isChanging = true
            return (index, kind)
        }
        let start = Int.random(in: all.indices, using: &random)
        for index in [start..<all.count, 0..<start].joined() {
            guard let kind = what(index, does: kind, now: now) else { continue }
            if kind == .browse { all[index].browsing += 1 } else { all[index].isChanging = true }
            return (index, kind)
        }
        return nil
    }

    private func what(_ index: Int, does kind: Kind, now: Int) -> Kind? {
        let visitor = all[index]
        if kind == .browse, let tokens = visitor.tokens, tokens.end > now { return .browse }
        guard !visitor.isChanging else { return nil }
        switch kind {
        case .browse, .renew: return visitor.tokens == nil ? nil : .renew
        case .signIn: return .signIn
        // A token that is shown while its session ends may be refused, and rightly so.
        case .signOut: return visitor.tokens == nil || visitor.browsing > 0 ? nil : .signOut
        }
    }

    /// The first sign-in of a visitor, before anything else.
    mutating func arrive(_ index: Int, _ tokens: Tokens) {
        all[index].tokens = tokens
    }

    /// The tokens of a visitor who is about to sign out; from now on nobody shows them.
    mutating func giveUpTokens(of index: Int) -> Tokens? {
        defer { all[index].tokens = nil }
        return all[index].tokens
    }

    /// The request that showed the access token has ended.
    mutating func endBrowsing(_ index: Int, isRefused: Bool) {
        all[index].browsing -= 1
        // As clients do, who is refused renews before anything else.
        if isRefused { all[index].tokens?.end = 0 }
    }

    /// The request that changed tokens has ended, with new ones, or none.
    mutating func endChange(_ index: Int, tokens: Tokens?) {
        all[index].isChanging = false
        if let tokens { all[index].tokens = tokens } else { signOut(index) }
    }

    /// The request that should have changed tokens has ended without doing so.
    mutating func endWithoutChange(_ index: Int) {
        endChange(index, tokens: all[index].tokens)
    }

    private mutating func signOut(_ index: Int) {
        all[index].tokens = nil
        signedOut.append(index)
    }
}
