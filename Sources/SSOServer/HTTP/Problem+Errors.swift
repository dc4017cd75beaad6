import HTTPTypes
import Hummingbird
import Identity
import Tokens

/// The one table that turns errors into answers.
extension Problem {
    /// The answer to an error that something below threw; nil if nobody expected it.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as IdentityError: self = Self.identity(error)
        case let error as StoreError: self = Self.store(error)
        case let error as TokenError: self = Self.token(error)
        case let error as any HTTPResponseError: self = Self.http(error.status)
        default: return nil
        }
    }

    private static func identity(_ error: IdentityError) -> Problem {
        switch error {
        case .invalidUsername:
            field(
                "username",
                "A user name has 3 to 64 letters, digits and . _ - @ + (ASCII), beginning with a letter or digit.")
        case .invalidPassword:
            field("password", "A password has 8 to 256 characters and is not the user name.")
        case .invalidEmail:
            field(
                "email",
                "An email address has a name, one @ and a host, all of it ASCII without spaces, and at most 254 "
                    + "characters.")
        case .usernameTaken: Problem(.conflict, "username_taken", "Somebody has this user name. Choose another.")
        case .invalidCredentials:
            Problem(.unauthorized, "invalid_credentials", "The user name or the password is wrong.")
        case .invalidToken(let error): token(error)
        case .revoked:
            token("token_revoked", "The token was good once, but has been revoked since. Sign in again.")
        case .revocationsUnknown:
            Problem(
                .serviceUnavailable, "revocations_unknown",
                "This server cannot find out just now whether the token has been revoked. Try again later."
            ).retry(after: 2)
        case .reused:
            token(
                "token_reused",
                "The token was exchanged before, so somebody may have a copy of it. The session was ended; sign in again."
            )
        case .busy(let seconds):
            Problem(.serviceUnavailable, "too_many_sign_ins", "Too many people are signing in. Try again later.")
                .retry(after: seconds)
        case .tooManyAttempts(let seconds): tooManyAttempts(retryAfter: seconds)
        case .cannotIssue: internalError
        case .store(let error): store(error)
        }
    }

    private static func token(_ error: TokenError) -> Problem {
        switch error {
        case .expired: token("token_expired", "The token has expired. Refresh it, or sign in again.")
        default: token("token_invalid", "The token is not acceptable: \(error.description).")
        }
    }

    private static func store(_ error: StoreError) -> Problem {
        switch error {
        case .unavailable:
            Problem(
                .serviceUnavailable, "database_unavailable",
                // Not that nothing was changed: a COMMIT may have lost its answer.
                "The database cannot be reached, so this was most likely not done. Try again later."
            ).retry(after: 2)
        case .failed: internalError
        }
    }

    private static func http(_ status: HTTPResponse.Status) -> Problem {
        switch status {
        case .notFound: notFound
        case .contentTooLarge: bodyTooLarge
        default: Problem(status, "bad_request", "The request cannot be understood.")
        }
    }
}

extension Problem {
    static func tooManyAttempts(retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests, "too_many_attempts",
            "Too many attempts. Try again in \(seconds) \(seconds == 1 ? "second" : "seconds")."
        )
        .retry(after: seconds)
    }
}
