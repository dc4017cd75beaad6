import Course
import Foundation
import Harness
import Lessons
import Testing

@Suite("The course as pages")
struct SiteTests {
    @Test("A page holds the diagram and the exchanges of what happened, and no token that could be used")
    func page() async throws {
        let (_, site) = await pages(of: [.knownAtBoth])
        let page = try #require(site.files["known-at-both.html"])
        for text in ["GET /api/me", "POST /login", "+sso_access +sso_refresh", ">laptop<", ">database<", "<svg", "Why"]
        {
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.firstMatch(of: /eyJ[\w\-]+\.eyJ[\w\-]+\.[\w\-]{43}/) == nil)
        #expect(page.firstMatch(of: /[\w\-]{43}/) == nil, "no signature, no secret")
        #expect(site.files["index.html"]?.contains("href=\"known-at-both.html\"") == true)
    }

    @Test("Nothing is loaded from elsewhere, and there are no scripts")
    func selfContained() async {
        let (_, site) = await pages(of: [.whatIsInAToken])
        for (name, text) in site.files {
            #expect(!text.contains("<script"), "\(name)")
            #expect(text.firstMatch(of: /(src|href)="(https?:)?\/\//) == nil, "\(name)")
        }
    }

    @Test("Whatever visitors and servers say is escaped")
    func escaped() async throws {
        var events: [Event] = []
        let evil = "<img src=x onerror=\"alert('&')\">"
        events.append(.said(evil))
        events.append(.unanswered(visitor: evil, server: "bank", request: evil, reason: evil))
        events.append(.ran(command: evil, output: evil))
        events.append(.expected(Expectation(sentence: evil, holds: false, seen: evil)))
        events.append(.listed(title: evil, lines: [evil]))
        events.append(.tabulated(Table(evil, columns: [evil], rows: [[evil]])))
        events.append(.brokeOff(evil))
        let site = Site([Site.Chapter(Outcome(.forgery, of: events), events: events)])
        let page = try #require(site.files["forgery.html"])
        #expect(!page.contains("<img"))
        #expect(page.contains("&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;"))
        #expect(page.contains("0 of 2 expectations held"))
    }
}
