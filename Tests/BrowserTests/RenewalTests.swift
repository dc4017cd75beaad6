import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("An access token that expires while somebody reads")
    struct RenewalTests {
        @Test("The next click renews it, and nobody has to sign in again")
        func renewedOnTheWay() async throws {
            // Short at the bank alone, so that what replaces it does not expire under a slow test.
            var options = Cluster.Options()
            options.bankArguments = ["--access-ttl", "3"]
            try await InBrowser.withCluster(options) { cluster in
                try await InBrowser.open { browser in
                    try await browser.signIn(at: cluster.bank)
                    let first = try await browser.cookie(named: "sso_access")
                    try await waitUntil("the browser drops the access cookie", timeout: Chromium.patience) {
                        try await browser.cookie(named: "sso_access") == nil
                    }
                    #expect(try await browser.cookies.map(\.name) == ["sso_refresh"])

                    try await browser.follow(to: cluster.retirement)
                    try await browser.expectHome(at: cluster.retirement)
                    let renewed = try #require(try await browser.cookie(named: "sso_access"))
                    #expect(renewed.value != first?.value)

                    // Back at the bank it is as good as the first one was.
                    try await browser.follow(to: cluster.bank)
                    try await browser.expectHome(at: cluster.bank)
                    #expect(try await browser.cookie(named: "sso_access") == renewed)
                }
            }
        }
    }
}
