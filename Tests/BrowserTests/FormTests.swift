import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("The forms")
    struct FormTests {
        @Test("Somebody registers on the page and is known at the other server")
        func register() async throws {
            try await Cluster.with { cluster in
                try await InBrowser.open { browser in
                    try await browser.open("\(cluster.retirement.url)/login")
                    try await browser.find("a[href^='/register']").follow()
                    try await browser.fillIn(
                        "/register", username: InBrowser.alice, password: InBrowser.password)
                    try await browser.expectHome(at: cluster.retirement)
                    try await browser.follow(to: cluster.bank)
                    try await browser.expectHome(at: cluster.bank)
                }
            }
        }

        @Test("A wrong password is said; the user name stays, the password does not")
        func wrongPassword() async throws {
            try await InBrowser.withCluster { cluster in
                try await InBrowser.open { browser in
                    try await browser.open("\(cluster.bank.url)/login")
                    try await browser.fillIn("/login", username: InBrowser.alice, password: "not her password")
                    let alert = try await browser.find("[role=alert]")
                    #expect(try await alert.isDisplayed)
                    #expect(try await alert.text.contains("wrong"))
                    #expect(try await browser.find("[name=username]").property("value") == .string(InBrowser.alice))
                    #expect(try await browser.find("[name=password]").property("value") == "")
                    #expect(try await browser.cookies.isEmpty)

                    // The right one, in the same form.
                    try await browser.fillIn("/login", username: InBrowser.alice, password: InBrowser.password)
                    try await browser.expectHome(at: cluster.bank)
                }
            }
        }

        @Test("Who comes from the other server is led back there, second tries and registering included")
        func ledBack() async throws {
            try await InBrowser.withCluster { cluster in
                let target = "\(cluster.retirement.url)/"
                try await InBrowser.open { browser in
                    try await browser.open("\(cluster.bank.url)/login?return_to=\(target)")
                    try await browser.fillIn("/login", username: InBrowser.alice, password: "not her password")
                    _ = try await browser.find("[role=alert]")
                    try await browser.fillIn("/login", username: InBrowser.alice, password: InBrowser.password)
                    try await browser.expectHome(at: cluster.retirement)

                    try await browser.deleteCookies()
                    try await browser.open("\(cluster.bank.url)/login?return_to=\(target)")
                    try await browser.find("a[href^='/register']").follow()
                    try await browser.fillIn("/register", username: "bob", password: InBrowser.password)
                    try await browser.expectHome(of: "bob", at: cluster.retirement)
                }
            }
        }

        @Test("The keyboard is enough")
        func keyboard() async throws {
            try await InBrowser.withCluster { cluster in
                try await InBrowser.open { browser in
                    try await browser.open("\(cluster.bank.url)/login")
                    try await browser.tab(to: "username").type(InBrowser.alice)
                    try await browser.tab(to: "password").type(InBrowser.password)
                    try await browser.press(.enter)
                    try await browser.expectHome(at: cluster.bank)
                }
            }
        }
    }
}

extension Chromium {
    /// Presses Tab until the keyboard goes to the field of that name, if it does not already.
    fileprivate func tab(to name: String) async throws -> Element {
        for _ in 0..<30 {
            if let field = try await focus, try await field.attribute("name") == name { return field }
            try await press(.tab)
        }
        throw HarnessError.misuse("30 times Tab do not lead to the field '\(name)'")
    }
}
