import Browser
import Harness
import Lessons
import Testing

extension InBrowser {
    @Suite("What becomes of a cookie")
    struct CookieCaseTests {
        /// How the servers are started for a case, and under which host the other one is then called.
        private func options(for cookie: CookieCase) -> (Cluster.Options, otherHost: String?) {
            var options = Cluster.Options()
            switch cookie {
            case .otherPort, .otherSitePosts: break
            case .otherName: return (options, "localhost")
            case .secureOnOneHost: options.arguments = ["--cookie-secure", "always"]
            case .siblingWithoutDomain, .siblingWithDomain, .secureOnSiblings:
                options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
                if cookie != .siblingWithoutDomain { options.arguments = ["--cookie-domain", "sso.localhost"] }
                if cookie == .secureOnSiblings { options.arguments += ["--cookie-secure", "always"] }
            }
            return (options, nil)
        }

        // What another site's form brings along does not show in an answer, as the server refuses it by where it comes from:
        // see ForgedRequestTests.
        @Test(
            "Chromium does what the lesson on cookies says of it",
            arguments: CookieCase.allCases.filter { $0 != .otherSitePosts })
        func fate(of cookie: CookieCase) async throws {
            let (options, otherHost) = options(for: cookie)
            try await InBrowser.withCluster(options) { cluster in
                try await InBrowser.open { browser in
                    try await browser.open("\(cluster.bank.url)/login")
                    try await browser.fillIn("/login", username: InBrowser.alice, password: InBrowser.password)
                    let there = cluster.retirement
                    let wasKept = try await !browser.cookies.isEmpty
                    try await browser.open(otherHost.map { "http://\($0):\(there.port)/" } ?? "\(there.url)/")
                    let isKnown = try await !browser.all("form[action='/logout']").isEmpty
                    let fate: CookieCase.Fate = isKnown ? .sent : wasKept ? .notSent : .dropped
                    #expect(fate == cookie.inChromium)
                }
            }
        }
    }
}
