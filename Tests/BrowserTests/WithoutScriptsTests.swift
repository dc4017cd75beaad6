import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("A browser that runs no scripts")
    struct WithoutScriptsTests {
        @Test("It registers, signs in, crosses over, is renewed and signs out all the same")
        func allTheSame() async throws {
            var options = Cluster.Options()
            options.bankArguments = ["--access-ttl", "3"]
            try await Cluster.with(options) { cluster in
                try await InBrowser.open { browser in
                    try await browser.setScripts(allowed: false)
                    // Otherwise this would be a test of nothing.
                    try await browser.open("data:text/html,<title>off</title><script>document.title='on'</script>")
                    #expect(try await browser.title == "off")

                    try await browser.open("\(cluster.bank.url)/register")
                    try await browser.fillIn("/register", username: InBrowser.alice, password: InBrowser.password)
                    try await browser.expectHome(at: cluster.bank)
                    try await waitUntil("the browser drops the access cookie", timeout: Chromium.patience) {
                        try await browser.cookie(named: "sso_access") == nil
                    }
                    try await browser.follow(to: cluster.retirement)
                    try await browser.expectHome(at: cluster.retirement)

                    try await browser.press("/logout")
                    try await browser.wait(forURL: "\(cluster.retirement.url)/login")
                    try await browser.expectSignInAsked(at: cluster.bank)

                    try await browser.fillIn("/login", username: InBrowser.alice, password: "not her password")
                    _ = try await browser.find("[role=alert]")
                    try await browser.signIn(at: cluster.bank)
                    try await browser.open("\(cluster.bank.url)/devices")
                    try await browser.press("/logout-everywhere")
                    try await browser.wait(forURL: "\(cluster.bank.url)/login")
                    try await browser.expectSignInAsked(at: cluster.retirement)
                }
            }
        }
    }
}
