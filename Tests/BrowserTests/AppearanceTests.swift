import Browser
import Foundation
import Harness
import Testing

extension InBrowser {
    @Suite("The looks of the pages")
    struct AppearanceTests {
        @Test("Each page serves everybody, wide and narrow, light and dark, and says nothing to the console")
        func everyPage() async throws {
            let folder = InBrowser.built("screenshots")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var options = Cluster.Options()
            options.arguments = ["--lab"]
            try await InBrowser.withCluster(options) { cluster in
                try await InBrowser.open { browser in
                    for page in Page.all.filter({ !$0.signedIn }) { try await look(at: page, cluster, browser) }
                    try await browser.signIn(at: cluster.bank)
                    for page in Page.all.filter(\.signedIn) { try await look(at: page, cluster, browser) }
                }
            }
        }

        private func look(at page: Page, _ cluster: Cluster, _ browser: Chromium) async throws {
            let server = page.server(of: cluster)
            try await browser.open("\(server.url)\(page.path)")
            try await page.steps(browser)
            // Otherwise another page might be looked at, such as one that says that this one is not there.
            let status = try await browser.execute(
                "return performance.getEntriesByType('navigation')[0].responseStatus")
            #expect(status == .integer(page.status), "\(page.name)")
            #expect(try await browser.url.hasPrefix(server.url), "\(page.name)")
            #expect(try await browser.all("main").count == 1, "\(page.name)")

            for width in [360, 1280] {
                for scheme in Chromium.ColorScheme.allCases {
                    let name = "\(page.name)-\(width)-\(scheme)"
                    try await browser.setColorScheme(scheme)
                    try await browser.show(width: width)
                    try await browser.screenshot(to: InBrowser.built("screenshots/\(name).png"))
                    let widths = try await browser.execute(
                        "return [innerWidth, document.documentElement.scrollWidth]")
                    #expect(widths == [.integer(width), .integer(width)], "\(name) can be scrolled sideways")
                    let violations = try await browser.accessibilityViolations()
                    #expect(violations == [], "\(name)")
                }
            }
            let refusal = "\(try await browser.url) - Failed to load resource: the server responded with a status of"
            let messages = try await browser.takeConsole().filter {
                // Of a page that comes with an error's status the browser says so.
                page.status < 400 || !$0.text.hasPrefix("\(refusal) \(page.status)")
            }
            #expect(messages.isEmpty, "\(page.name)")
        }
    }
}

extension Chromium {
    /// Gives the page that width, and the height that it needs.
    fileprivate func show(width: Int) async throws {
        try await setViewport(width: width, height: 800)
        let height = try await execute("return document.documentElement.scrollHeight").integer ?? 0
        if height > 800 { try await setViewport(width: width, height: height) }
    }
}
