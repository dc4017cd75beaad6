import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("Signing out")
    struct SigningOutTests {
        @Test("Signed out in one tab, the other tab is refused, at both servers")
        func twoTabs() async throws {
            try await InBrowser.withCluster { cluster in
                try await InBrowser.open { browser in
                    try await browser.signIn(at: cluster.bank)
                    let first = try await browser.window
                    let second = try await browser.openTab()
                    try await browser.open("\(cluster.retirement.url)/")
                    try await browser.expectHome(at: cluster.retirement)
                    #expect(try await Set(browser.windows) == [first, second])

                    try await browser.press("/logout")
                    try await browser.wait(forURL: "\(cluster.retirement.url)/login")
                    #expect(try await browser.cookies.isEmpty)

                    try await browser.bringToFront(first)
                    #expect(try await browser.url == "\(cluster.bank.url)/", "it still shows the page")
                    try await browser.reload()
                    try await browser.wait(forURL: "\(cluster.bank.url)/login?return_to=/")
                    try await browser.expectSignInAsked(at: cluster.retirement)
                }
            }
        }

        @Test("A form on the bank's page may post to the retirement server, which hears from where it comes")
        func fromThePeersPage() async throws {
            try await InBrowser.withCluster { cluster in
                try await InBrowser.open { browser in
                    try await browser.signIn(at: cluster.bank)
                    let send = """
                        const form = document.createElement("form");
                        form.method = "post";
                        form.action = arguments[0];
                        document.body.append(form);
                        form.submit();
                        """
                    _ = try await browser.execute(send, [.string("\(cluster.retirement.url)/logout")])
                    try await browser.wait(forURL: "\(cluster.retirement.url)/login")
                    #expect(try await browser.cookies.isEmpty)
                }
            }
        }

        @Test("Signed out everywhere, another browser is out when its access token expires")
        func everywhere() async throws {
            // The telephone's token is short-lived, since that is how long it would be let in.
            var options = Cluster.Options()
            options.bankArguments = ["--access-ttl", "3"]
            try await InBrowser.withCluster(options) { cluster in
                try await InBrowser.open { telephone in
                    try await InBrowser.open { laptop in
                        try await telephone.signIn(at: cluster.bank)
                        try await laptop.signIn(at: cluster.retirement)

                        try await laptop.open("\(cluster.retirement.url)/devices")
                        try await laptop.press("/logout-everywhere")
                        try await laptop.wait(forURL: "\(cluster.retirement.url)/login")
                        #expect(try await laptop.cookies.isEmpty)

                        try await waitUntil("the telephone drops its access cookie", timeout: Chromium.patience) {
                            try await telephone.cookie(named: "sso_access") == nil
                        }
                        for server in cluster.servers { try await telephone.expectSignInAsked(at: server) }

                        // Whoever knows the password is in again.
                        try await telephone.signIn(at: cluster.retirement)
                    }
                }
            }
        }
    }
}
