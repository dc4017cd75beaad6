import Curl
import Foundation
import Harness

/// The story that the demo tells: real visitors, real exchanges, and after each what had to come back.
final class DemoStory {
    private let cluster: Cluster
    private let user: String
    private let password: String
    private let accessTTL: Int
    private let script = Script()

    private var bank: ServerProcess { cluster.bank }
    private var retirement: ServerProcess { cluster.retirement }

    init(cluster: Cluster, user: String, password: String, accessTTL: Int) {
        self.cluster = cluster
        self.user = user
        self.password = password
        self.accessTTL = accessTTL
    }

    /// Tells it.
    ///
    /// - Returns: whether everything was as told.
    func tell() async throws -> Bool {
        let laptop = Visitor.browser(named: "laptop")
        let phone = Visitor.browser(named: "phone")
        try await signInAtOne(laptop, phone)
        try await letTheAccessTokenExpire(laptop)
        try await signOutEverywhere(laptop, phone)
        return script.finish()
    }

    private func signInAtOne(_ laptop: Visitor, _ phone: Visitor) async throws {
        script.chapter("Sign in at one, be signed in at both")
        script.say("On a laptop, the customer signs in at the bank.")
        let atBank = script.show(try await laptop.signIn(at: bank, username: user, password: password), by: laptop)
        script.expect("the bank sets both cookies", atBank.status == 303 && atBank.setCookies.count == 2)

        script.say("The laptop goes to the retirement server, which has never heard of this sign-in.")
        let there = script.show(try await laptop.get(retirement, "/"), by: laptop)
        script.expect("it knows the customer by name", there.status == 200 && there.text.contains(user))
        script.expect("it asked no database who that is", there.serverTiming?.auth == 0)

        script.say("The other way round: a phone signs in at the retirement server, and goes to the bank.")
        script.show(try await phone.signIn(at: retirement, username: user, password: password), by: phone)
        let back = script.show(try await phone.get(bank, "/"), by: phone)
        script.expect("the bank knows the customer by name", back.status == 200 && back.text.contains(user))
        script.expect("it asked no database who that is", back.serverTiming?.auth == 0)
    }

    private func letTheAccessTokenExpire(_ laptop: Visitor) async throws {
        script.chapter("The access token expires, and is renewed on the way")
        try await waitForExpiry()
        script.say("The laptop asks the bank for its page again. Only its refresh cookie is still good.")
        let renewed = script.show(try await laptop.get(bank, "/"), by: laptop)
        script.expect("the page comes in the same request", renewed.status == 200 && renewed.text.contains(user))
        script.expect("the user's count was read once", renewed.serverTiming?.auth == 1)
        script.expect("a new access cookie is set", renewed.setCookies.map(\.name) == ["sso_access"])

        let next = script.show(try await laptop.get(retirement, "/"), by: laptop)
        script.expect("the next request is back at none", next.status == 200 && next.serverTiming?.auth == 0)
    }

    private func signOutEverywhere(_ laptop: Visitor, _ phone: Visitor) async throws {
        script.chapter("Sign out everywhere: the count grows, and every older refresh token is dead")
        script.say("The phone signs out everywhere, at the retirement server.")
        script.show(try await phone.post(retirement, "/logout-everywhere", form: []), by: phone)
        try await waitForExpiry()
        for server in cluster.servers {
            let refused = script.show(try await laptop.get(server, "/"), by: laptop)
            script.expect(
                "\(server.name) sends the laptop to sign in",
                refused.status == 303 && refused.header("Location") == "/login?return_to=/")
        }
        script.say("Signing in again gives tokens of the new count.")
        script.show(try await laptop.signIn(at: bank, username: user, password: password), by: laptop)
        let again = script.show(try await laptop.get(retirement, "/"), by: laptop)
        script.expect("the laptop is back, at both", again.status == 200 && again.serverTiming?.auth == 0)
    }

    /// Waits until no access token that was issued before now is good.
    private func waitForExpiry() async throws {
        script.say("… \(accessTTL) seconds later …")
        let end = Date().addingTimeInterval(TimeInterval(accessTTL))
        try await waitUntil("the access token has expired", timeout: .seconds(accessTTL + 5)) { Date() >= end }
    }
}
