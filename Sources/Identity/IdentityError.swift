public import Tokens

/// Why something about users and their sign-in was refused or could not be done.
public enum IdentityError: Error, Equatable {
    /// The user name breaks the rule of ``UserName``.
    case invalidUsername
    /// The password breaks the rule of ``Password``.
    case invalidPassword
    /// The address breaks the rule of ``EmailAddress``.
    case invalidEmail
    /// Somebody has that name.
    case usernameTaken
    /// The name, the password or both are wrong. Nothing tells which.
    case invalidCredentials
    /// The token failed a rule that needs no database.
    case invalidToken(TokenError)
    /// The token was good once: the user's count has grown since, or its session has ended.
    case revoked
    /// Nobody here has heard for too long which access tokens were revoked, and the policy is to let nobody in then.
    case revocationsUnknown
    /// The refresh token was exchanged before, and its successors are in use: somebody has a copy, so the session has
    /// been ended.
    case reused
    /// Too many passwords are being hashed; it may work again in so many seconds.
    case busy(retryAfter: Int)
    /// Too many attempts have failed; the next may be made in so many seconds. Whether this one would have succeeded was
    /// not looked at.
    case tooManyAttempts(retryAfter: Int)
    /// No token can be issued that would be accepted: a fault in the configuration or in the program.
    case cannotIssue(TokenError)
    /// The store could not answer.
    case store(StoreError)
}

/// Why a store could not do what it was asked.
public enum StoreError: Error, Equatable {
    /// It cannot be reached, is locked or full, and may work again at any time. Nothing was changed, unless a connection
    /// broke between a commit and its answer: then nobody knows. The text says why, for the log, and if it is so.
    case unavailable(String)
    /// It answered with something that it never should. The text is for the log.
    case failed(String)
}

extension StoreError: CustomStringConvertible {
    /// The reason.
    public var description: String {
        switch self {
        case .unavailable(let reason), .failed(let reason): reason
        }
    }
}
