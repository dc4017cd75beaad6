import Curl
import Harness
import Testing

@Suite("Sessions that servers keep come to an end")
struct SessionEndTests {
    @Test(
        "Signing out ends the session at once, and takes the cookie away", arguments: Direction.allCases,
        SessionPlace.allCases)
    func signOut(direction: Direction, place: SessionPlace) async throws {
        try await withStage(direction, place.options()) { stage in
            try await stage.register("alice")
            let alice = try await stage.browser(of: "alice")
            let other = try await stage.browser(of: "alice")
            let thief = alice.thief()
            try await expectKnown(thief, as: "alice", at: stage.here, place)

            let forged = try await alice.post(
                stage.here, "/logout", form: [],
                headers: [Header("Sec-Fetch-Site", "cross-site"), Header("Origin", "https://evil.example")])
            #expect(forged.status == 403)
            try await expectKnown(alice, as: "alice", at: stage.here, place)

            let answer = try await alice.post(stage.here, "/logout", form: [])
            expectCleared(answer)
            #expect(alice.cookies.isEmpty)
            try await expectStranger(
                thief, at: stage.here, place,
                saying: place == .local ? "the session was ended" : "somebody signed out of it")
            expectSessionProblem(
                try await thief.get(stage.here, "/api/me"), place == .local ? "session_unknown" : "session_revoked")
            if place == .shared { try await expectStranger(thief, at: stage.there, place, saying: "signed out") }
            try await expectKnown(other, as: "alice", at: stage.here, place)
            // Once more is no error.
            expectCleared(try await thief.post(stage.here, "/logout", form: []))
        }
    }

    @Test(
        "Signing out everywhere ends what the store can reach, and says what it cannot", arguments: Direction.allCases,
        SessionPlace.allCases)
    func everywhere(direction: Direction, place: SessionPlace) async throws {
        try await withStage(direction, place.options()) { stage in
            try await stage.register("alice", "bob")
            let laptop = try await stage.browser(of: "alice")
            let phone = try await stage.browser(of: "alice")
            let elsewhere = try await stage.browser(of: "alice", at: stage.there)
            let bob = try await stage.browser(of: "bob")
            if place == .local {
                #expect(try await laptop.get(stage.here, "/devices").text.contains("it does not hear of it"))
            }
            let copy = laptop.thief()

            expectCleared(try await laptop.post(stage.here, "/logout-everywhere", form: []))
            #expect(try await stage.database.counts() == ["alice": 1, "bob": 0])
            for visitor in [copy, phone] {
                try await expectStranger(
                    visitor, at: stage.here, place,
                    saying: place == .local ? "this server does not know" : "is of count 0",
                    place == .local ? "was ended" : "in the database is now 1")
            }
            switch place {
            case .local:
                try await expectKnown(elsewhere, as: "alice", at: stage.there, place, saying: "does not hear of it")
            case .shared: try await expectStranger(elsewhere, at: stage.there, place, saying: "count 0")
            }
            try await expectKnown(bob, as: "bob", at: stage.here, place)
            // Who is out cannot do it again to those who came after.
            let again = try await stage.browser(of: "alice")
            #expect(try await copy.post(stage.here, "/logout-everywhere", form: []).header("Location") != "/login")
            #expect(try await stage.database.counts()["alice"] == 1)
            try await expectKnown(again, as: "alice", at: stage.here, place)
        }
    }

    @Test(
        "After a change of password this session goes on, and the others that can be reached do not",
        arguments: Direction.allCases, SessionPlace.allCases)
    func changePassword(direction: Direction, place: SessionPlace) async throws {
        try await withStage(direction, place.options()) { stage in
            try await stage.register("alice")
            let laptop = try await stage.browser(of: "alice")
            let phone = try await stage.browser(of: "alice")
            let elsewhere = try await stage.browser(of: "alice", at: stage.there)
            let secret = laptop.cookie(named: sessionCookie)
            let wrong = [("current_password", "not this one"), ("new_password", "another long password")]
            let refused = try await laptop.post(stage.here, "/password", form: wrong)
            #expect(refused.status == 401)
            #expect(refused.text.contains("This is not your current password."))
            try await expectKnown(phone, as: "alice", at: stage.here, place)

            let right = [("current_password", password(of: "alice")), ("new_password", "another long password")]
            let changed = try await laptop.post(stage.here, "/password", form: right)
            #expect(changed.status == 200)
            // A copy of the old cookie is worth nothing.
            #expect(changed.setCookies.map(\.name) == [sessionCookie])
            let copy = Visitor.browser(named: "copy")
            copy.setCookie(line: "Set-Cookie: \(sessionCookie)=\(try #require(secret)); Path=/")
            try await expectStranger(copy, at: stage.here, place)
            #expect(try await stage.database.counts()["alice"] == 1)

            for server in place == .local ? [stage.here] : stage.servers {
                try await expectKnown(laptop, as: "alice", at: server, place)
                #expect(try await laptop.get(server, "/api/me").jsonInteger("count") == 1)
            }
            try await expectStranger(phone, at: stage.here, place)
            switch place {
            case .local:
                try await expectKnown(elsewhere, as: "alice", at: stage.there, place)
                // It does not know of the new count; that is no reason not to change the password there.
                let form = [("current_password", "another long password"), ("new_password", "a third long password")]
                let there = try await elsewhere.post(stage.there, "/password", form: form)
                #expect(there.status == 200)
                try await expectKnown(elsewhere, as: "alice", at: stage.there, place)
            case .shared: try await expectStranger(elsewhere, at: stage.there, place)
            }
        }
    }

    @Test("The page of devices lists the sessions that can be reached, and ends one", arguments: SessionPlace.allCases)
    func devices(place: SessionPlace) async throws {
        try await withStage(.bankToRetirement, place.options()) { stage in
            try await stage.register("alice", "bob")
            let laptop = try await stage.browser(of: "alice")
            let phone = try await stage.browser(of: "alice")
            let elsewhere = try await stage.browser(of: "alice", at: stage.there)
            let bob = try await stage.browser(of: "bob")
            func id(_ visitor: Visitor, _ server: ServerProcess) async throws -> String {
                try #require(try await visitor.get(server, "/api/me").json("sid"))
            }
            let page = try await laptop.get(stage.here, "/devices")
            #expect(page.status == 200)
            #expect(page.serverTiming == ServerTiming(auth: place.reads, db: place == .local ? 0 : 2))
            let ids = [try await id(laptop, stage.here), try await id(phone, stage.here)]
            for id in ids { #expect(page.text.contains("value=\"\(id)\"")) }
            #expect(page.text.contains(try await id(elsewhere, stage.there)) == (place == .shared))
            let bobs = try await id(bob, stage.here)
            #expect(!page.text.contains(bobs))
            #expect(page.text.ranges(of: "this device").count == 1)

            // Another's is left alone.
            #expect(try await laptop.post(stage.here, "/devices/end", form: [("session", bobs)]).status == 303)
            try await expectKnown(bob, as: "bob", at: stage.here, place)
            let ended = try await laptop.post(stage.here, "/devices/end", form: [("session", ids[1])])
            #expect(ended.header("Location") == "/devices")
            try await expectStranger(phone, at: stage.here, place)
            try await expectKnown(laptop, as: "alice", at: stage.here, place)
            #expect(!(try await laptop.get(stage.here, "/devices").text.contains("value=\"\(ids[1])\"")))
            // One's own is to sign out.
            expectCleared(try await laptop.post(stage.here, "/devices/end", form: [("session", ids[0])]))
        }
    }

    private func expectCleared(_ answer: Exchange, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(answer.status == 303, sourceLocation: sourceLocation)
        #expect(answer.header("Location") == "/login", sourceLocation: sourceLocation)
        #expect(
            answer.headers(named: "Set-Cookie")
                == ["sso_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"], sourceLocation: sourceLocation)
    }
}
