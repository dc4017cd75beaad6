import Browser
import Curl
import Harness
import Lessons
import Testing

extension InBrowser {
    /// The lesson `forged-request` says what browsers do here; this is where it was seen.
    @Suite("A page of somebody else's")
    struct ForgedRequestTests {
        /// Where the page is, seen from the servers on 127.0.0.1.
        enum Place: CaseIterable, CustomTestStringConvertible {
            case otherSite, otherPort

            var host: String { self == .otherSite ? "localhost" : "127.0.0.1" }

            var fetchSite: String { self == .otherSite ? "cross-site" : "same-site" }

            var testDescription: String { self == .otherSite ? "on another site" : "on another port of the same host" }
        }

        private static let login = "username=mallory&password=mallory+likes+long+passwords"
        private static let password =
            #"{"current_password":"alice likes long passwords","new_password":"mallory's own password"}"#

        /// What is tried: the path, and what is posted there.
        private static let aims = [
            ("/logout-everywhere", ""), ("/logout", ""), ("/login", login), ("/api/password", password),
            ("/password", "current_password=alice+likes+long+passwords&new_password=mallory%27s+own+password"),
            ("/api/logout-everywhere", "{}"), ("/forgot", "username=alice"),
        ]

        /// Opens the page, and waits until its request was answered, or not let out.
        private func open(_ page: String, _ way: ForeignSite.Way, in browser: Chromium) async throws {
            try await browser.open(page)
            try await waitUntil("the page has done what it could", timeout: Chromium.patience) {
                let title = try await browser.title
                return way == .form ? title != "form" : title.hasPrefix("answered") || title == "failed"
            }
        }

        @Test(
            "It changes nothing, whatever it makes the browser send", arguments: Place.allCases,
            ForeignSite.Way.allCases)
        func changesNothing(place: Place, way: ForeignSite.Way) async throws {
            try await InBrowser.withCluster { cluster in
                let registrar = Visitor.program(named: "registrar")
                try await registrar.register(
                    at: cluster.bank, username: "mallory", password: "mallory likes long passwords")
                let telephone = Visitor.program(named: "Alice's telephone")
                try await telephone.signIn(at: cluster.bank, username: InBrowser.alice, password: InBrowser.password)
                try await ForeignSite.with { site in
                    try await InBrowser.open { browser in
                        try await browser.signIn(at: cluster.bank)
                        let cookies = try await browser.cookies
                        for (path, body) in Self.aims {
                            let page = site.page(under: place.host, way, to: "\(cluster.bank.url)\(path)", body)
                            try await open(page, way, in: browser)
                            if way == .form {
                                #expect(try await browser.url == "\(cluster.bank.url)\(path)")
                                let status = "return performance.getEntriesByType('navigation')[0].responseStatus"
                                #expect(try await browser.execute(status).integer == 403, "\(path)")
                            } else {
                                let outcome = way == .blindScript ? "answered opaque 0" : "failed"
                                #expect(try await browser.title == outcome, "\(path)")
                            }
                            try await browser.open("\(cluster.bank.url)/")
                            try await browser.expectHome(at: cluster.bank)
                            #expect(try await browser.cookies == cookies, "\(path)")
                        }
                    }
                }
                // Her other device goes on, and her password is hers.
                #expect(try await telephone.refresh(at: cluster.retirement).status == 200)
                let answer = try await Visitor.program(named: "Alice's laptop")
                    .signIn(at: cluster.retirement, username: InBrowser.alice, password: InBrowser.password)
                #expect(answer.status == 200)
                let audit = try await run("sso", ["audit", "--database", cluster.database])
                for event in ["sign_out", "password_change", "reset_mail_asked", "user=mallory sub"] {
                    let line = audit.standardOutput.split(separator: "\n").first {
                        $0.contains(event) && !$0.contains(" registered ")
                    }
                    #expect(line == nil, "\(event)")
                }
            }
        }

        @Test(
            "The browser says where it comes from; it brings Lax cookies along from another port, not from another site",
            arguments: Place.allCases, ForeignSite.Way.allCases)
        func whatIsSent(place: Place, way: ForeignSite.Way) async throws {
            try await InBrowser.withCluster { cluster in
                try await ForeignSite.with { site in
                    try await InBrowser.open { browser in
                        try await browser.signIn(at: cluster.bank)
                        let target = "\(site.witness)/logout-everywhere"
                        try await open(site.page(under: place.host, way, to: target, "a=b"), way, in: browser)
                        try await waitUntil("the request has come") { !site.requests.isEmpty }
                        let requests = site.requests
                        let request = try #require(requests.first)
                        #expect(requests.count == 1)
                        // A script that wants more than a form may is asked about first, without cookies, and that was all.
                        let isAsked = way == .readingScript
                        #expect(request.method == (isAsked ? "OPTIONS" : "POST"))
                        #expect(request.origin == site.origin(under: place.host))
                        #expect(request.fetchSite == place.fetchSite)
                        let hasCookie = request.cookie?.contains("sso_access=") == true
                        #expect(hasCookie == (place == .otherPort && !isAsked))
                        if place == .otherSite {
                            #expect(hasCookie == (CookieCase.otherSitePosts.inChromium == .sent))
                        }
                    }
                }
            }
        }
    }
}
