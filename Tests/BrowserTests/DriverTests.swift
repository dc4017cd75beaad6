import Browser
import Harness
import Testing

extension InBrowser {
    @Suite("The driver")
    struct DriverTests {
        @Test("What it is asked for on a page is what comes back, and is done")
        func elements() async throws {
            try await InBrowser.open { browser in
                try await browser.open(
                    """
                    data:text/html;charset=utf-8,<title>A page</title><form action="about:blank"><input name="field" value="old">
                    <p hidden>not seen</p></form><p id="seen">Seen &amp; read</p>
                    """)
                #expect(try await browser.title == "A page")
                let field = try await browser.find("[name=field]")
                try await field.clear()
                try await field.type("new\u{1F511}")
                #expect(try await field.property("value") == "new\u{1F511}")
                #expect(try await field.attribute("value") == "old", "as the page was written")
                #expect(try await field.attribute("nothing") == nil)
                #expect(try await browser.find("#seen").text == "Seen & read")
                #expect(try await browser.find("p[hidden]").isDisplayed == false)
                #expect(try await browser.all("p").count == 2)
                #expect(try await browser.all("table").isEmpty)
                let answer = try await browser.execute(
                    "return [arguments[0].name, arguments[1] + 1, 1.5, null, true]", [field.reference, 1])
                #expect(answer == ["field", 2, .number(1.5), .null, true])

                try await browser.find("form").submit()
                try await browser.wait(forURL: "about:blank?field=new%F0%9F%94%91")
            }
        }

        @Test("An error says its code, the command, and what may help")
        func errors() async throws {
            try await InBrowser.open { browser in
                let syntax = await #expect(throws: BrowserError.self) { try await browser.all("[") }
                #expect(syntax?.code == "invalid selector")

                try await browser.open("data:text/html,<p hidden>not seen</p>")
                let hidden = try await browser.find("p")
                let unseen = await #expect(throws: BrowserError.self) { try await hidden.click() }
                #expect(unseen?.code == "element not interactable")
                #expect(unseen?.cause.hasPrefix("POST /element/") == true)
                #expect(unseen?.hint != nil)

                try await browser.reload()
                let stale = await #expect(throws: BrowserError.self) { try await hidden.text }
                #expect(stale?.code == "stale element reference")
                let thrown = await #expect(throws: BrowserError.self) { try await browser.execute("throw 'a fit'") }
                #expect(thrown?.code == "javascript error")

                try await browser.openTab()
                try await browser.closeWindow()
                let gone = await #expect(throws: BrowserError.self) { try await browser.url }
                #expect(gone?.code == "no such window")
                try await browser.bringToFront(try #require(try await browser.windows.first))
                #expect(try await browser.url.hasPrefix("data:"))
            }
        }

        @Test("Two browsers share no cookies, but somebody may copy them from one to the other")
        func cookies() async throws {
            try await InBrowser.withCluster { cluster in
                try await InBrowser.open { browser in
                    try await InBrowser.open { other in
                        try await browser.signIn(at: cluster.bank)
                        try await other.expectSignInAsked(at: cluster.bank)
                        #expect(try await other.cookies.isEmpty)

                        let cookies = try await browser.cookies
                        for cookie in cookies { try await other.add(cookie) }
                        #expect(try await other.cookies == cookies)
                        try await other.open("\(cluster.retirement.url)/")
                        try await other.expectHome(at: cluster.retirement)

                        try await other.deleteCookie(named: "sso_access")
                        #expect(try await other.cookies.map(\.name) == ["sso_refresh"])
                        try await other.deleteCookies()
                        try await other.expectSignInAsked(at: cluster.retirement)
                    }
                }
            }
        }

        @Test("The console's messages are taken out once")
        func console() async throws {
            try await InBrowser.open { browser in
                try await browser.open("data:text/html,<script>console.warn('beware')</script>")
                let messages = try await browser.takeConsole()
                #expect(messages.map(\.level) == ["WARNING"])
                #expect(messages.first?.text.contains("beware") == true)
                #expect(try await browser.takeConsole().isEmpty)
            }
        }
    }
}
