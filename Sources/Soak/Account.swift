import Synchronization

/// What all devices of one user know: the passwords that may be theirs, and tokens that they have had.
final class Account: Sendable {
    let name: String

    private struct State {
        /// The passwords that may be the user's, the likeliest first: a change that was not answered leaves two.
        var passwords = [0]
        var nextPassword = 1
        var refreshTokens: [HeldToken] = []
        var accessTokens: [HeldToken] = []
    }

    private let state = Mutex(State())
    private static let kept = 24

    init(name: String) {
        self.name = name
    }

    /// The text of a password.
    func text(ofPassword number: Int) -> String { "\(name) has password \(number)" }

    /// The likeliest password.
    var password: Int { state.withLock { $0.passwords[0] } }

    /// All passwords that may be the user's.
    var passwords: [Int] { state.withLock { $0.passwords } }

    /// A password that was never tried.
    func newPassword() -> Int {
        state.withLock { state in
            defer { state.nextPassword += 1 }
            return state.nextPassword
        }
    }

    /// This one was accepted.
    func isGood(_ password: Int) {
        state.withLock { state in
            state.passwords = ([password] + state.passwords.filter { $0 != password })
        }
    }

    /// This one was refused, or it is not known whether it was set.
    func isDoubtful(_ password: Int) {
        state.withLock { state in
            state.passwords = (state.passwords.filter { $0 != password } + [password])
        }
    }

    func keep(access: HeldToken, refresh: HeldToken) {
        state.withLock { state in
            state.accessTokens = (state.accessTokens + [access]).suffix(Self.kept)
            state.refreshTokens = (state.refreshTokens + [refresh]).suffix(Self.kept)
        }
    }

    var refreshTokens: [HeldToken] { state.withLock { $0.refreshTokens } }
    var accessTokens: [HeldToken] { state.withLock { $0.accessTokens } }
}
