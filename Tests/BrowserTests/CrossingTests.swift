import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("Signed in at one server")
    struct CrossingTests {
        /// How browsers reach both servers.
        enum Topology: CaseIterable, CustomTestStringConvertible {
            /// On two ports of one host: cookies ignore ports.
            case oneHost
            /// On two hosts below a parent domain, for which the cookies are set.
            case subdomains
            /// The same with `Secure`, which a browser also takes over plain http where the host is this machine.
            case secureSubdomains

            var testDescription: String {
                switch self {
                case .oneHost: "on one host"
                case .subdomains: "on two subdomains"
                case .secureSubdomains: "on two subdomains, with secure cookies"
                }
            }

            var options: Cluster.Options {
                var options = Cluster.Options()
                guard self != .oneHost else { return options }
                options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
                options.arguments = ["--cookie-domain", "sso.localhost"]
                if isSecure { options.arguments += ["--cookie-secure", "always"] }
                return options
            }

            var isSecure: Bool { self == .secureSubdomains }

            var cookieDomain: String { self == .oneHost ? "127.0.0.1" : ".sso.localhost" }
        }

        @Test("The link to the other leads to a page that knows you, both ways", arguments: Topology.allCases)
        func theOtherPageKnowsYou(topology: Topology) async throws {
            try await InBrowser.withCluster(topology.options) { cluster in
                for (here, there) in [(cluster.bank, cluster.retirement), (cluster.retirement, cluster.bank)] {
                    try await InBrowser.open { browser in
                        try await browser.expectSignInAsked(at: there)
                        try await browser.signIn(at: here)
                        let cookies = try await browser.cookies
                        expectCookies(cookies, topology)

                        try await browser.follow(to: there)
                        try await browser.expectHome(at: there)
                        // Nothing was signed again on the way: the very cookies that the one set, the other took.
                        #expect(try await browser.cookies == cookies)

                        try await browser.follow(to: here)
                        try await browser.expectHome(at: here)
                    }
                }
            }
        }

        private func expectCookies(_ cookies: [Chromium.Cookie], _ topology: Topology) {
            let prefix = topology.isSecure ? "__Secure-" : ""
            #expect(cookies.map(\.name) == ["\(prefix)sso_access", "\(prefix)sso_refresh"])
            for cookie in cookies {
                #expect(cookie.httpOnly)
                #expect(cookie.secure == topology.isSecure)
                #expect(cookie.sameSite == "Lax")
                #expect(cookie.domain == topology.cookieDomain)
                #expect(cookie.path == "/")
                #expect(cookie.expires != nil)
            }
        }
    }
}
