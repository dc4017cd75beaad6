public import Lessons

extension Lesson {
    /// Lets visitors do what the lesson is about, against a cluster of its own, and tells it.
    ///
    /// No lesson can be without steps: the compiler sees to it.
    ///
    /// - Throws: what keeps the story from going on, such as a server that does not start. What is not as it should be
    ///   is no error, but an expectation that does not hold.
    public func tell(_ story: Story) async throws {
        switch self {
        case .knownAtBoth: try await story.knownAtBoth()
        case .whatIsInAToken: try await story.whatIsInAToken()
        case .howItIsSigned: try await story.howItIsSigned()
        case .accessAndRefresh: try await story.accessAndRefresh()
        case .hackedAccount: try await story.hackedAccount()
        case .forgottenPassword: try await story.forgottenPassword()
        case .usedLink: try await story.usedLink()
        case .whoIsDown: try await story.whoIsDown()
        case .theTraditionalWay: try await story.theTraditionalWay()
        case .forgery: try await story.forgery()
        case .stolenToken: try await story.stolenToken()
        case .reusedToken: try await story.reusedToken()
        case .severalTabs: try await story.severalTabs()
        case .forgedRequest: try await story.forgedRequest()
        case .flood: try await story.flood()
        case .cookies: try await story.cookies()
        case .changingTheSecret: try await story.changingTheSecret()
        case .whoMayForge: try await story.whoMayForge()
        }
    }
}
