import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("The X-ray and the lab")
    struct XRayTests {
        @Test("The panel folds away, which is remembered, and counts down")
        func panel() async throws {
            try await InBrowser.withCluster { cluster in
                try await InBrowser.open { browser in
                    try await browser.signIn(at: cluster.bank)
                    let verdict = try await browser.find("#xray .verdict").property("textContent")
                    #expect(verdict.string == "let in")
                    let place = "[data-expires]"
                    let before = try await browser.find(place).property("textContent").string
                    try await waitUntil("it counts down", timeout: Chromium.patience) {
                        try await browser.find(place).property("textContent").string != before
                    }
                    try await browser.find("#xray > summary").click()
                    // The browser tells the script of it a moment after the click.
                    try await waitUntil("it is written down", timeout: Chromium.patience) {
                        try await browser.execute("return localStorage.getItem('xray')") == .string("folded")
                    }
                    try await browser.reload()
                    try await waitUntil("it is still folded", timeout: Chromium.patience) {
                        try await browser.find("#xray").property("open") == .bool(false)
                    }
                }
            }
        }

        @Test("Each button of the lab does to the browser what it says, at both servers")
        func buttons() async throws {
            var options = Cluster.Options()
            options.arguments = ["--lab"]
            try await InBrowser.withCluster(options) { cluster in
                try await InBrowser.open { browser in
                    for (name, isLetIn) in [
                        ("expire-access", true), ("drop-access", true), ("change-character", false),
                        ("refresh-as-access", false), ("other-secret", false), ("alg-none", false), ("hacked", false),
                    ] {
                        try await browser.signIn(at: cluster.bank)
                        try await browser.open("\(cluster.bank.url)/lab")
                        try await browser.press("/lab/\(name)")
                        let reason = try await browser.find(".notice").text
                        #expect(!reason.isEmpty, "\(name)")
                        if name == "hacked" {
                            // Retirement hears of it a moment later.
                            try await waitUntil("retirement has heard of it", timeout: Chromium.patience) {
                                try await browser.open("\(cluster.retirement.url)/")
                                return try await browser.url.contains("/login?")
                            }
                        }
                        for server in [cluster.retirement, cluster.bank] {
                            if isLetIn {
                                try await browser.open("\(server.url)/")
                                try await browser.expectHome(at: server)
                            } else {
                                try await browser.expectSignInAsked(at: server)
                                let verdict = try await browser.find("#xray .verdict").property("textContent")
                                #expect(verdict.string == "refused", "\(name) at \(server.name)")
                            }
                        }
                    }
                }
            }
        }

        @Test("With sessions in each server's memory, the bank's sign-in is nothing to retirement")
        func localSessions() async throws {
            var options = Cluster.Options()
            options.arguments = ["--auth", "sessions"]
            try await InBrowser.withCluster(options) { cluster in
                try await InBrowser.open { browser in
                    try await browser.signIn(at: cluster.bank)
                    let verdict = try await browser.find("#xray .verdict").property("textContent")
                    #expect(verdict.string == "let in")
                    try await browser.expectSignInAsked(at: cluster.retirement)
                }
            }
        }
    }
}
