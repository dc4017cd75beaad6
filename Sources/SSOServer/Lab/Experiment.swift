import Lessons

/// Something that an attacker or time would do to somebody's tokens, done to one's own session.
enum Experiment: String, CaseIterable, Sendable {
    case expireAccess = "expire-access"
    case changeCharacter = "change-character"
    case dropAccess = "drop-access"
    case refreshAsAccess = "refresh-as-access"
    case otherSecret = "other-secret"
    case algNone = "alg-none"
    case hacked

    /// What the button says.
    var title: String {
        switch self {
        case .expireAccess: "Expire my access token now"
        case .changeCharacter: "Change one character of it"
        case .dropAccess: "Drop the access cookie"
        case .refreshAsAccess: "Use the refresh token as access token"
        case .otherSecret: "Sign it with another secret"
        case .algNone: "Say alg: none, and leave the signature out"
        case .hacked: "Add one to my count, as if I was hacked"
        }
    }

    /// What is done, in a sentence or two.
    var deed: String {
        switch self {
        case .expireAccess:
            "Your access token is put back in time: the same claims, with an exp of a second ago, signed with the real "
                + "key. Waiting does the same."
        case .changeCharacter:
            "One letter of the payload is changed, as somebody does who wants to be somebody else. The signature stays "
                + "as it was."
        case .dropAccess:
            "The access cookie is taken away, as browsers do when its Max-Age is over. The refresh cookie stays."
        case .refreshAsAccess:
            "The refresh token is put into the access cookie. Its signature is right, and it lives much longer."
        case .otherSecret:
            "Your claims are signed anew, with a secret that somebody made up and a kid that names the real key."
        case .algNone:
            "The header says that the token is not signed, and the signature is empty: some libraries once took that "
                + "for a valid token (RFC 8725 section 2.1)."
        case .hacked:
            "Your count in the database grows by one, as it does when you sign out everywhere or change your password. "
                + "Your cookies stay as they are."
        }
    }

    /// The lesson of the course that goes into it.
    var lesson: Lesson {
        switch self {
        case .expireAccess, .dropAccess: .accessAndRefresh
        case .changeCharacter: .whatIsInAToken
        case .refreshAsAccess, .otherSecret, .algNone: .forgery
        case .hacked: .hackedAccount
        }
    }
}
