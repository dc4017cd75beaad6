import Curl
import Foundation
import Harness
import Testing

@Suite("Servers that keep sessions")
struct SessionModeTests {
    @Test(
        "In its own memory, a server knows whom it signed in, without a read; the other does not",
        arguments: Direction.allCases)
    func local(direction: Direction) async throws {
        try await withStage(direction, SessionPlace.local.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let secret = try #require(alice.cookie(named: sessionCookie))
            try await expectKnown(
                alice, as: "alice", at: stage.here, .local, saying: "This server remembers you", "let in",
                "The \(stage.there.name) server does not remember you", "\(secret.prefix(6))…", "does not hear of it",
                "a stranger")
            try await expectStranger(
                alice, at: stage.there, .local, saying: "this server does not know", "another server", "restarted",
                "\(secret.prefix(6))…", "a sign-in here is none at the")

            // On one host both servers' cookies have one name, so signing in there takes the place of the sign-in here.
            _ = try await alice.signIn(at: stage.there, username: "alice", password: password(of: "alice"))
            #expect(alice.cookie(named: sessionCookie) != secret)
            try await expectKnown(alice, as: "alice", at: stage.there, .local)
            try await expectStranger(alice, at: stage.here, .local, saying: "another server")
        }
    }

    @Test(
        "In the database, both servers know who signed in at either, for a read each time",
        arguments: Direction.allCases)
    func shared(direction: Direction) async throws {
        try await withStage(direction, SessionPlace.shared.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let secret = try #require(alice.cookie(named: sessionCookie))
            for server in stage.servers + stage.servers {
                try await expectKnown(
                    alice, as: "alice", at: server, .shared, saying: "The database was asked who you are",
                    "as for every request", "\(secret.prefix(6))…", "let in", "both ask one database")
            }
        }
    }

    @Test("A restart forgets everyone or no one", arguments: Direction.allCases, SessionPlace.allCases)
    func restart(direction: Direction, place: SessionPlace) async throws {
        try await withStage(direction, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            try await stage.here.restart()
            switch place {
            case .local:
                try await expectStranger(alice, at: stage.here, place, saying: "this one was restarted")
                #expect(alice.cookie(named: sessionCookie) != nil, "nobody took the cookie away")
            case .shared: try await expectKnown(alice, as: "alice", at: stage.here, place)
            }
        }
    }

    @Test(
        "The cookie is 256 random bits, new at each sign-in, with the attributes of the others",
        arguments: SessionPlace.allCases)
    func cookie(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options("--refresh-ttl", "1000")) { stage in
            try await stage.register("alice")
            var values: Set<String> = []
            let alice = Visitor.browser(named: "Alice's browser")
            // A value that somebody planted is not taken over.
            alice.setCookie(Cookie(name: sessionCookie, value: "planted", domain: "127.0.0.1"))
            for _ in 1...3 {
                let answer = try await alice.signIn(
                    at: stage.here, username: "alice", password: password(of: "alice"))
                let cookie = try #require(answer.setCookie(named: sessionCookie))
                #expect(answer.setCookies.map(\.name) == [sessionCookie])
                #expect(
                    cookie.raw == "sso_session=\(cookie.value); HttpOnly; SameSite=Lax; Path=/; Max-Age=1000")
                #expect(cookie.value.utf8.count == 43)
                values.insert(cookie.value)
            }
            #expect(values.count == 3)
            #expect(!values.contains("planted"))
        }
    }

    @Test("With Secure the cookie has the prefix")
    func secureCookie() async throws {
        try await withStage(.bankToRetirement, SessionPlace.local.options("--cookie-secure", "always")) { stage in
            try await stage.register("alice")
            let answer = try await Visitor.browser(named: "Alice's browser")
                .signIn(at: stage.here, username: "alice", password: password(of: "alice"))
            let cookie = try #require(answer.setCookie(named: "__Secure-sso_session"))
            #expect(
                cookie.raw
                    == "__Secure-sso_session=\(cookie.value); HttpOnly; SameSite=Lax; Path=/; Max-Age=604800; Secure")
        }
    }

    @Test("Neither the database nor a log nor a page has the cookie", arguments: SessionPlace.allCases)
    func secretIsNowhere(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options("--log-level", "trace")) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let secret = try #require(alice.cookie(named: sessionCookie))
            let pages = [try await alice.get(stage.here, "/"), try await alice.get(stage.here, "/devices")]
            let me = try await alice.get(stage.here, "/api/me")
            let id = try #require(me.json("sid"))
            #expect(id.utf8.count == 43 && id != secret)
            for page in pages + [me] { #expect(!page.text.contains(secret)) }
            #expect(pages[1].text.contains(id), "the list of devices names the session by its hash")
            #expect(try await alice.post(stage.here, "/logout", form: []).status == 303)
            try await waitUntil("the log names the session by its hash") { stage.here.standardError.contains(id) }

            #expect(try await stage.database.sessions().keys.contains(id) == (place == .shared))
            for server in stage.servers { #expect(!server.standardError.contains(secret)) }
            let bytes = try await stage.database.contents()
            #expect(bytes.range(of: Data("alice".utf8)) != nil)
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
            if place == .local { #expect(bytes.range(of: Data(id.utf8)) == nil) }
        }
    }

    @Test(
        "The hash by which a session is kept signs nobody in, nor does any other text", arguments: SessionPlace.allCases
    )
    func unknownIDs(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let secret = try #require(alice.cookie(named: sessionCookie))
            let id = try #require(try await alice.get(stage.here, "/api/me").json("sid"))
            let others = [id, "", "x", String(secret.dropLast()), secret + "A", "\(secret)=", secret.lowercased()]
            for other in others {
                let stranger = Visitor.browser(named: "stranger")
                let headers = [Header("Cookie", "\(sessionCookie)=\(other)")]
                expectSignInAsked(try await stranger.get(stage.here, "/", headers: headers))
                let me = try await stranger.get(stage.here, "/api/me", headers: headers)
                expectSessionProblem(me, "session_unknown")
                #expect(me.serverTiming == ServerTiming(auth: place.reads, db: place.reads))
            }
            let nobody = Visitor.browser(named: "nobody")
            expectSignInAsked(try await nobody.get(stage.here, "/"))
            #expect(try await nobody.get(stage.here, "/login").text.contains("X-ray") == false)
            try await expectKnown(alice, as: "alice", at: stage.here, place)
        }
    }

    @Test("Two cookies of the name with different values are refused", arguments: SessionPlace.allCases)
    func twoCookies(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let secret = try #require(alice.cookie(named: sessionCookie))
            for path in ["/", "/api/me"] {
                let double = [Header("Cookie", "\(sessionCookie)=other")]
                let answer = try await alice.get(stage.here, path, headers: double)
                #expect(answer.status == 400)
                #expect(answer.text.contains("ambiguous_credentials"))
                let same = [Header("Cookie", "\(sessionCookie)=\(secret)")]
                #expect(try await alice.get(stage.here, path, headers: same).status == 200)
            }
        }
    }

    @Test("A session ends in time, however often it is used", arguments: SessionPlace.allCases)
    func expiry(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options("--refresh-ttl", "6")) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let secret = try #require(alice.cookie(named: sessionCookie))
            #expect(try await alice.get(stage.here, "/").status == 200)
            // The browser drops the cookie at its end; somebody who copied it does not.
            let headers = [Header("Cookie", "\(sessionCookie)=\(secret)")]
            let thief = Visitor.browser(named: "thief")
            try await waitUntil("the session is too old", timeout: .seconds(30)) {
                try await thief.get(stage.here, "/", headers: headers).status == 303
            }
            expectSessionProblem(try await thief.get(stage.here, "/api/me", headers: headers), "session_expired")
            #expect(
                try await thief.get(stage.here, "/login", headers: headers).text.contains("began too long ago"))
        }
    }

    @Test(
        "Without its database a server still knows whom it remembers, and one that must ask signs nobody out",
        arguments: SessionPlace.allCases)
    func lostDatabase(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            try await stage.cluster.takeDatabaseAway()
            let me = try await alice.get(stage.here, "/api/me")
            switch place {
            case .local: #expect(me.json("name") == "alice")
            case .shared:
                expectDatabaseUnavailable(me)
                expectUnavailablePage(try await alice.get(stage.here, "/"))
            }
            try await stage.cluster.putDatabaseBack()
            try await expectKnown(alice, as: "alice", at: stage.here, place)
        }
    }
}
