/// The lessons of the course, in their order. Names are stable: people call lessons by them, and pages link to them.
///
/// A lesson's text stands here, and what visitors do in it in the target `Course`: so a server can show the text
/// without anything that drives servers.
public enum Lesson: String, CaseIterable, Sendable {
    /// Signed in at one server, known at both.
    case knownAtBoth = "known-at-both"
    /// The three parts of a token.
    case whatIsInAToken = "what-is-in-a-token"
    /// HMAC, step by step.
    case howItIsSigned = "how-it-is-signed"
    /// Two tokens, and the renewal between them.
    case accessAndRefresh = "access-and-refresh"
    /// Sign out everywhere.
    case hackedAccount = "hacked-account"
    /// A password that was forgotten, and found again.
    case forgottenPassword = "forgotten-password"
    /// A link for a forgotten password that is used twice.
    case usedLink = "used-link"
    /// A server is down, the database is down.
    case whoIsDown = "who-is-down"
    /// Sessions beside tokens.
    case theTraditionalWay = "the-traditional-way"
    /// Tokens that nobody issued.
    case forgery = "forgery"
    /// A token in the wrong hands.
    case stolenToken = "stolen-token"
    /// A refresh token that is used twice.
    case reusedToken = "reused-token"
    /// Many requests with one refresh token at once.
    case severalTabs = "several-tabs"
    /// A form on another site that posts here.
    case forgedRequest = "forged-request"
    /// More sign-ins than passwords can be hashed.
    case flood = "flood"
    /// Where cookies go.
    case cookies = "cookies"
    /// Another secret, while everybody stays signed in.
    case changingTheSecret = "changing-the-secret"
    /// What each server could do with the shared secret.
    case whoMayForge = "who-may-forge"

    /// The place in the course, from 1.
    public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

    /// What there is to read.
    public var text: LessonText {
        switch self {
        case .knownAtBoth: .knownAtBoth
        case .whatIsInAToken: .whatIsInAToken
        case .howItIsSigned: .howItIsSigned
        case .accessAndRefresh: .accessAndRefresh
        case .hackedAccount: .hackedAccount
        case .forgottenPassword: .forgottenPassword
        case .usedLink: .usedLink
        case .whoIsDown: .whoIsDown
        case .theTraditionalWay: .theTraditionalWay
        case .forgery: .forgery
        case .stolenToken: .stolenToken
        case .reusedToken: .reusedToken
        case .severalTabs: .severalTabs
        case .forgedRequest: .forgedRequest
        case .flood: .flood
        case .cookies: .cookies
        case .changingTheSecret: .changingTheSecret
        case .whoMayForge: .whoMayForge
        }
    }
}
