import Curl
import Harness
import Testing

@Suite("Signed in at one server, with a browser's cookies")
struct CookieSignInTests {
    /// How browsers reach both servers.
    enum Topology: CaseIterable, CustomTestStringConvertible {
        /// On two ports of one host: cookies ignore ports.
        case oneHost
        /// On two hosts below a parent domain, for which the cookies are set.
        case subdomains

        var testDescription: String {
            switch self {
            case .oneHost: "on one host"
            case .subdomains: "on two subdomains"
            }
        }

        var options: Cluster.Options {
            var options = Cluster.Options()
            if self == .subdomains {
                options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
                options.arguments = ["--cookie-domain", "sso.localhost"]
            }
            return options
        }
    }

    @Test(
        "The other server's page knows you by name, without asking the database who you are",
        arguments: Direction.allCases, Topology.allCases)
    func theOtherPageKnowsYou(direction: Direction, topology: Topology) async throws {
        try await withStage(direction, topology.options) { stage in
            try await stage.register("alice")
            let alice = Visitor.browser(named: "Alice")
            expectSignInAsked(try await alice.get(stage.here, "/"))
            expectSignInAsked(try await alice.get(stage.there, "/"))

            let signIn = try await alice.signIn(at: stage.here, username: "alice", password: password(of: "alice"))
            #expect(signIn.status == 303)
            #expect(signIn.setCookies.map(\.name).sorted() == ["sso_access", "sso_refresh"])

            let page = try await alice.get(stage.there, "/")
            expectHomePage(page, of: "alice", issuer: stage.here)
            #expect(!page.text.contains("<strong>\(stage.there.name)</strong>"))
            let timing = try #require(page.serverTiming)
            #expect(timing.auth == 0)
            #expect(timing.db > 0, "the page shows what the database has of Alice")
            #expect(page.setCookies.isEmpty)
            #expect(page.header("Cache-Control") == "no-store")
        }
    }

    @Test("Two people in two browsers are never taken for each other", arguments: Direction.allCases)
    func twoPeople(direction: Direction) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let alice = try await stage.browser(of: "alice")
            let bob = try await stage.browser(of: "bob", at: stage.there)

            for server in stage.servers {
                let pageOfAlice = try await alice.get(server, "/")
                expectHomePage(pageOfAlice, of: "alice", issuer: stage.here)
                #expect(!pageOfAlice.text.contains("bob"))
                let pageOfBob = try await bob.get(server, "/")
                expectHomePage(pageOfBob, of: "bob", issuer: stage.there)
                #expect(!pageOfBob.text.contains("alice"))
            }
        }
    }
}
