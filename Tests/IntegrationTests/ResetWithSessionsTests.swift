import Curl
import Harness
import Testing

@Suite("A forgotten password at servers that keep sessions")
struct ResetWithSessionsTests {
    @Test(
        "The link sets a new password there too; sessions in the database end, those in memory go on, and the page says so",
        arguments: SessionPlace.allCases)
    func reset(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options()) { stage in
            let answer = try await Visitor.program(named: "registrar").register(
                at: stage.here, username: "anna", password: password(of: "anna"), email: "anna@example.com")
            try #require(answer.status == 201)
            let old = try await stage.browser(of: "anna")
            let browser = Visitor.browser(named: "Anna's new laptop")
            try await browser.post(stage.here, "/forgot", form: [("username", "anna")])
            let mail = try await stage.cluster.newestMail(to: "anna@example.com")
            let form = try await browser.get(try #require(mail.link))
            #expect(form.text.contains("It ends no session") == (place == .local))
            let done = try await browser.post(
                stage.here, "/reset",
                form: [("token", try #require(mail.token)), ("new_password", "a new one for Anna")])
            #expect(done.status == 200)
            #expect(done.text.contains("All your devices are signed out.") == (place == .shared))
            #expect(try await old.get(stage.here, "/").status == (place == .shared ? 303 : 200))
            let signIn = try await browser.signIn(at: stage.there, username: "anna", password: "a new one for Anna")
            #expect(signIn.status == 303)
        }
    }
}
