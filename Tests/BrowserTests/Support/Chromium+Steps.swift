import Browser
import Harness
import Testing

/// What people do on the pages. It goes by what stays when their looks change: forms by their action, fields by
/// their name, links by where they lead.
extension Chromium {
    /// Fills in the form that is sent to that path, presses its button, and waits for the page that comes.
    func fillIn(_ action: String, username: String, password: String) async throws {
        let form = "form[action='\(action)']"
        let field = try await find("\(form) [name=username]")
        try await field.clear()
        try await field.type(username)
        try await find("\(form) [name=password]").type(password)
        try await find("\(form) button").follow()
    }

    /// Opens the page to sign in, signs Alice in, and sees her home page come.
    func signIn(at server: ServerProcess) async throws {
        try await open("\(server.url)/login")
        try await fillIn("/login", username: InBrowser.alice, password: InBrowser.password)
        try await expectHome(at: server)
    }

    /// Presses the button that sends an empty form to that path, such as `/logout`.
    func press(_ action: String) async throws {
        try await visible("form[action='\(action)'] button").follow()
    }

    /// Follows the link from this server's page to the other server.
    func follow(to server: ServerProcess) async throws {
        try await visible("a[href^='\(server.url)']").follow()
    }

    /// Expects the user's home page at that server.
    func expectHome(
        of user: String = InBrowser.alice, at server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait(forURL: "\(server.url)/")
        _ = try await find("form[action='/logout']")
        let text = try await find("body").property("textContent").string ?? ""
        #expect(text.contains(user), "the page names its visitor", sourceLocation: sourceLocation)
    }

    /// Opens that server's home page and expects to be sent to sign in.
    func expectSignInAsked(at server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await open("\(server.url)/")
        try await wait(forURL: "\(server.url)/login?return_to=/")
        #expect(try await all("form[action='/login']").count == 1, sourceLocation: sourceLocation)
        #expect(try await all("form[action='/logout']").isEmpty, sourceLocation: sourceLocation)
    }

    /// The first element that matches and can be seen; it is waited for.
    private func visible(_ selector: String) async throws -> Element {
        var seen: Element?
        try await waitUntil("'\(selector)' can be seen", timeout: Self.patience) {
            for element in try await all(selector) where seen == nil {
                if try await element.isDisplayed { seen = element }
            }
            return seen != nil
        }
        return try #require(seen)
    }
}
