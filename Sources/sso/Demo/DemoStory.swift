import Course
import Curl
import Foundation
import Harness

/// The story that the demo tells: real visitors, real exchanges, and after each what had to come back.
final class DemoStory {
    private let cluster: Cluster
    private let user: String
    private let password: String
    private let accessTTL: Int
    private let printer: EventPrinter
    private let story: Story

    private var bank: ServerProcess { cluster.bank }
    private var retirement: ServerProcess { cluster.retirement }

    init(cluster: Cluster, user: String, password: String, accessTTL: Int) {
        self.cluster = cluster
        self.user = user
        self.password = password
        self.accessTTL = accessTTL
        let printer = EventPrinter()
        self.printer = printer
        story = Story { printer.print($0) }
    }

    /// Tells it.
    ///
    /// - Returns: whether everything was as told.
    func tell() async throws -> Bool {
        let laptop = story.browser("laptop")
        let phone = story.browser("phone")
        try await signInAtOne(laptop, phone)
        try await letTheAccessTokenExpire(laptop)
        try await signOutEverywhere(laptop, phone)
        let (held, all) = story.expectations
        printer.verdict(held: held, of: all)
        return held == all
    }

    private func signInAtOne(_ laptop: Participant, _ phone: Participant) async throws {
        printer.title("Sign in at one, be signed in at both")
        story.say("On a laptop, the customer signs in at the bank.")
        let atBank = try await laptop.signIn(at: bank, as: user, password: password)
        story.expect("the bank sets both cookies", atBank.status == 303 && atBank.setCookies.count == 2)

        story.say("The laptop goes to the retirement server, which has never heard of this sign-in.")
        let there = try await laptop.get(retirement, "/")
        story.expect("it knows the customer by name", there.status == 200 && there.text.contains(user))
        story.expect("it asked no database who that is", there.serverTiming?.auth == 0)

        story.say("The other way round: a phone signs in at the retirement server, and goes to the bank.")
        try await phone.signIn(at: retirement, as: user, password: password)
        let back = try await phone.get(bank, "/")
        story.expect("the bank knows the customer by name", back.status == 200 && back.text.contains(user))
        story.expect("it asked no database who that is", back.serverTiming?.auth == 0)
    }

    private func letTheAccessTokenExpire(_ laptop: Participant) async throws {
        printer.title("The access token expires, and is renewed on the way")
        try await waitForExpiry()
        story.say("The laptop asks the bank for its page again. Only its refresh cookie is still good.")
        let renewed = try await laptop.get(bank, "/")
        story.expect("the page comes in the same request", renewed.status == 200 && renewed.text.contains(user))
        story.expect("the user's count was read once", renewed.serverTiming?.auth == 1)
        story.expect(
            "a new access cookie is set, and the next refresh cookie",
            renewed.setCookies.map(\.name) == ["sso_access", "sso_refresh"])

        let next = try await laptop.get(retirement, "/")
        story.expect("the next request is back at none", next.status == 200 && next.serverTiming?.auth == 0)
    }

    private func signOutEverywhere(_ laptop: Participant, _ phone: Participant) async throws {
        printer.title("Sign out everywhere: the count grows, and every older refresh token is dead")
        story.say("The phone signs out everywhere, at the retirement server.")
        try await phone.post(retirement, "/logout-everywhere")
        try await waitForExpiry()
        for server in cluster.servers {
            let refused = try await laptop.get(server, "/")
            story.expect(
                "\(server.name) sends the laptop to sign in",
                refused.status == 303 && refused.header("Location") == "/login?return_to=/")
        }
        story.say("Signing in again gives tokens of the new count.")
        try await laptop.signIn(at: bank, as: user, password: password)
        let again = try await laptop.get(retirement, "/")
        story.expect("the laptop is back, at both", again.status == 200 && again.serverTiming?.auth == 0)
    }

    /// Waits until no access token that was issued before now is good.
    private func waitForExpiry() async throws {
        story.say("… \(accessTTL) seconds later …")
        let end = Date().addingTimeInterval(TimeInterval(accessTTL))
        try await waitUntil("the access token has expired", timeout: .seconds(accessTTL + 5)) { Date() >= end }
    }
}
