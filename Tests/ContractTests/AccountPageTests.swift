import Curl
import Harness
import Testing

@Suite("Devices and the password, on pages")
struct AccountPageTests {
    /// The session ids that a page of devices lists, in its order.
    private func sessions(on page: Exchange) -> [String] {
        page.text.matches(of: /name="session" value="([^"]*)"/).map { String($0.1) }
    }

    /// A second sign-in of the same user, elsewhere.
    private func phone(_ stage: Stage, _ username: String = "alice") async throws -> Visitor {
        let phone = Visitor.browser(named: "phone")
        try #require(try await phone.signIn(at: stage.there, username: username, password: goodPassword).status == 303)
        return phone
    }

    @Test("Each sign-in is listed at both servers, and this one is marked", arguments: Direction.allCases)
    func list(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let laptop = try await stage.signedInBrowser()
            _ = try await phone(stage)
            _ = try await stage.signedInBrowser("bob")
            for server in [stage.here, stage.there] {
                let page = try await laptop.get(server, "/devices")
                #expect(page.status == 200)
                #expect(sessions(on: page).count == 2)
                #expect(page.text.ranges(of: "this device").count == 1)
                #expect(page.text.contains("Signed in just now"))
                #expect(page.response.serverTiming?.auth == 0)
                #expect(page.response.serverTiming?.db == 1)
            }
        }
    }

    @Test("A device is ended from another, on both servers; the others stay", arguments: Direction.allCases)
    func end(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let laptop = try await stage.signedInBrowser()
            let own = try #require(sessions(on: try await laptop.get(stage.here, "/devices")).first)
            let phone = try await phone(stage)
            let both = sessions(on: try await laptop.get(stage.here, "/devices"))
            let other = try #require(both.first { $0 != own })
            let answer = try await laptop.post(stage.here, "/devices/end", form: [("session", other)])
            #expect(answer.status == 303)
            #expect(answer.header("Location") == "/devices")
            #expect(sessions(on: try await laptop.get(stage.there, "/devices")) == [own])
            phone.dropCookie(named: "sso_access")
            for server in [stage.here, stage.there] { expectSentToSignIn(try await phone.get(server, "/")) }
            laptop.dropCookie(named: "sso_access")
            #expect(try await laptop.get(stage.there, "/").status == 200)
        }
    }

    @Test("Ending this device signs it out", arguments: Direction.allCases)
    func endOwn(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let laptop = try await stage.signedInBrowser()
            let own = try #require(sessions(on: try await laptop.get(stage.here, "/devices")).first)
            let answer = try await laptop.post(stage.there, "/devices/end", form: [("session", own)])
            #expect(answer.status == 303)
            #expect(answer.header("Location") == "/login")
            #expect(laptop.cookies.isEmpty)
        }
    }

    @Test("Nobody ends another's device, from another site, or without signing in", arguments: Direction.allCases)
    func endOthers(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInBrowser()
            let session = try #require(sessions(on: try await alice.get(stage.here, "/devices")).first)
            let mallory = try await stage.signedInBrowser("mallory")
            for id in [session, "", "x", "../../etc"] {
                let answer = try await mallory.post(stage.here, "/devices/end", form: [("session", id)])
                #expect(answer.header("Location") == "/devices", "\(id)")
            }
            let forged = try await alice.post(
                stage.here, "/devices/end", form: [("session", session)],
                headers: [Header("Sec-Fetch-Site", "cross-site"), Header("Origin", "https://evil.example")])
            #expect(forged.status == 403)
            let stranger = Visitor.browser(named: "stranger")
            expectSentToSignIn(
                try await stranger.post(stage.here, "/devices/end", form: [("session", session)]))
            for path in ["/devices", "/password"] {
                let page = try await stranger.get(stage.here, path)
                #expect(page.header("Location") == "/login?return_to=\(path)")
            }
            alice.dropCookie(named: "sso_access")
            #expect(try await alice.get(stage.here, "/devices").status == 200)
        }
    }

    @Test(
        "A token that was revoked lists no devices and ends none, however long it lives", arguments: Direction.allCases)
    func revokedAsker(_ direction: Direction) async throws {
        // As in the moment before servers have heard of it.
        var options = Cluster.Options()
        options.arguments = ["--revocations", "off"]
        try await onStage(direction, options) { stage in
            let owner = try await stage.signedInBrowser()
            let thief = Visitor.browser(named: "thief")
            for cookie in owner.cookies where cookie.name == "sso_access" { thief.setCookie(cookie) }
            try await owner.post(stage.here, "/logout-everywhere", form: [])
            try await owner.signIn(at: stage.here, username: "alice", password: goodPassword)
            let session = try #require(sessions(on: try await owner.get(stage.here, "/devices")).first)
            for server in [stage.here, stage.there] {
                #expect(try await thief.get(server, "/").status == 200, "its signature is good until it expires")
                expectSentToSignIn(try await thief.get(server, "/devices"))
                expectSentToSignIn(try await thief.post(server, "/devices/end", form: [("session", session)]))
            }
            owner.dropCookie(named: "sso_access")
            #expect(try await owner.get(stage.there, "/").status == 200)
        }
    }

    @Test("A changed password keeps this device and ends the others", arguments: Direction.allCases)
    func password(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let laptop = try await stage.signedInBrowser()
            let phone = try await phone(stage)
            let answer = try await laptop.post(
                stage.here, "/password",
                form: [("current_password", goodPassword), ("new_password", "another good one")])
            #expect(answer.status == 200)
            #expect(answer.text.contains("Your password is changed"))
            #expect(answer.response.setCookies.map(\.name).sorted() == ["sso_access", "sso_refresh"])
            // No address says so.
            let page = try await laptop.get(stage.here, "/password?changed=1")
            #expect(page.status == 200 && !page.text.contains("Your password is changed"))
            laptop.dropCookie(named: "sso_access")
            phone.dropCookie(named: "sso_access")
            for server in [stage.here, stage.there] {
                #expect(try await laptop.get(server, "/").status == 200)
                expectSentToSignIn(try await phone.get(server, "/"))
            }
            let again = Visitor.browser(named: "again")
            #expect(
                try await again.signIn(at: stage.there, username: "alice", password: "another good one").status == 303)
        }
    }

    @Test("A password that is not changed is said beside its field, and changes nothing", arguments: Direction.allCases)
    func wrongPassword(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let laptop = try await stage.signedInBrowser()
            let wrong = try await laptop.post(
                stage.here, "/password", form: [("current_password", "wr0ng"), ("new_password", "another good one")])
            #expect(wrong.status == 401)
            #expect(wrong.text.contains("id=\"current-error\">This is not your current password."))
            let short = try await laptop.post(
                stage.here, "/password", form: [("current_password", goodPassword), ("new_password", "sh0rt")])
            #expect(short.status == 422)
            #expect(short.text.contains("id=\"new-error\">A password has 8 to 256 characters"))
            for page in [wrong, short] {
                #expect(!page.text.contains("wr0ng") && !page.text.contains("sh0rt"))
                #expect(page.response.setCookies.isEmpty)
            }
            laptop.dropCookie(named: "sso_access")
            #expect(try await laptop.get(stage.there, "/").status == 200)
        }
    }

    @Test("Registering says what is wrong beside the field", arguments: Direction.allCases)
    func register(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            _ = try await stage.signedInBrowser()
            let visitor = Visitor.browser(named: "visitor")
            for (name, password, status, place) in [
                ("a", goodPassword, 422, "username-error"), ("alice", goodPassword, 409, "username-error"),
                ("carol", "short", 422, "password-error"),
            ] {
                let page = try await visitor.post(
                    stage.here, "/register", form: [("username", name), ("password", password)])
                #expect(page.status == status, "\(name)")
                #expect(page.text.contains("id=\"\(place)\""), "\(name)")
                #expect(page.text.contains("value=\"\(name)\""), "\(name)")
            }
        }
    }

    @Test("What all pages load is there, and may be kept", arguments: Direction.allCases)
    func assets(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let visitor = Visitor.browser(named: "visitor")
            for (path, type) in [
                ("/assets/site.css", "text/css; charset=utf-8"), ("/assets/xray.js", "text/javascript; charset=utf-8"),
                ("/assets/icon.svg", "image/svg+xml"),
            ] {
                let asset = try await visitor.get(stage.here, path)
                #expect(asset.status == 200, "\(path)")
                #expect(asset.headers(named: "Content-Type") == [type])
                #expect(asset.headers(named: "Cache-Control") == ["public, max-age=300"])
                #expect(asset.headers(named: "X-Content-Type-Options") == ["nosniff"])
            }
            let page = try await visitor.get(stage.here, "/login")
            #expect(page.headers(named: "Cache-Control") == ["no-store"])
            let policy = try #require(page.header("Content-Security-Policy"))
            #expect(!policy.contains("unsafe"))
            #expect(!page.text.contains("<style") && !page.text.contains("style=\""))
        }
    }
}
