import Curl
import Foundation
import Harness
import Testing

@Suite("The database is gone for a while")
struct LostDatabaseTests {
    /// What became of it.
    enum Loss: CustomTestStringConvertible {
        case movedAway
        case replacedByDirectory
        case closed

        /// A file can be moved; PostgreSQL can let nobody in.
        static let all: [Loss] = DatabaseKind.chosen == .sqlite ? [.movedAway, .replacedByDirectory] : [.closed]

        var testDescription: String {
            switch self {
            case .movedAway: "it was moved away"
            case .replacedByDirectory: "a directory is in its place"
            case .closed: "it lets nobody in"
            }
        }

        func happen(to stage: Stage) async throws {
            try await stage.cluster.takeDatabaseAway()
            if self == .replacedByDirectory {
                try FileManager.default.createDirectory(
                    atPath: stage.database.path, withIntermediateDirectories: false)
            }
        }

        /// Nobody has put anything where the file was.
        func expectPlaceUntouched(_ path: String) throws {
            switch self {
            case .closed: break
            case .movedAway: #expect(!FileManager.default.fileExists(atPath: path))
            case .replacedByDirectory: #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
            }
        }

        func end(for stage: Stage) async throws {
            if self == .replacedByDirectory { try FileManager.default.removeItem(atPath: stage.database.path) }
            try await stage.cluster.putDatabaseBack()
        }
    }

    @Test(
        "Tokens are still checked, nobody is signed out, and when it is back nothing is lost",
        arguments: Direction.allCases, Loss.all)
    func gone(direction: Direction, loss: Loss) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice", "bob")
            let phone = try await stage.program(of: "alice")
            let laptop = try await stage.browser(of: "alice")
            laptop.dropCookie(named: "sso_access")
            let cookies = laptop.cookies
            let before = (sessions: try await stage.database.sessions(), counts: try await stage.database.counts())
            let path = stage.database.path

            try await loss.happen(to: stage)
            for server in stage.servers {
                try await expectTokensAccepted(server, phone)
                try await expectUnavailable(server, phone)
                expectUnavailablePage(try await laptop.get(server, "/"))
                #expect(laptop.cookies == cookies)
            }
            try loss.expectPlaceUntouched(path)
            try await loss.end(for: stage)

            for server in stage.servers {
                #expect(try await phone.get(server, "/readyz").status == 200)
            }
            #expect(try await stage.database.sessions() == before.sessions)
            #expect(try await stage.database.counts() == before.counts)
            #expect(try await stage.database.faults() == [])
            let page = try await laptop.get(stage.there, "/")
            expectHomePage(page, of: "alice", issuer: stage.there)
            #expect(page.serverTiming?.auth == 1)
            try await expectRefreshWorks(phone, at: stage.servers, count: 0)
            for server in stage.servers {
                _ = try await stage.program(of: "bob", at: server)
            }
        }
    }

    @Test(
        "What is written after it is back is seen by both servers and outlives them",
        arguments: Direction.allCases, Loss.all)
    func writtenAfterwards(direction: Direction, loss: Loss) async throws {
        try await withStage(direction) { stage in
            try await stage.register("alice")
            try await loss.happen(to: stage)
            let stranger = Visitor.program(named: "Carol")
            for server in stage.servers {
                expectDatabaseUnavailable(
                    try await stranger.register(at: server, username: "carol", password: password(of: "carol")))
            }
            try await loss.end(for: stage)

            try await stage.register("carol")
            let carol = try await stage.program(of: "carol", at: stage.there)
            for server in stage.servers { try await server.restart() }
            try await expectRefreshWorks(carol, at: stage.servers, count: 0)
            _ = try await stage.program(of: "alice", at: stage.there)
            #expect(try await stage.database.counts() == ["alice": 0, "carol": 0])
            #expect(try await stage.database.faults() == [])
        }
    }

    private func expectTokensAccepted(_ server: ServerProcess, _ phone: Visitor) async throws {
        let me = try await phone.get(server, "/api/me")
        #expect(me.status == 200)
        #expect(me.json("name") == "alice")
        #expect(me.serverTiming == ServerTiming(auth: 0, db: 0))
        let browser = Visitor.browser(named: "Alice's other browser")
        browser.setCookie(Cookie(name: "sso_access", value: try #require(phone.accessToken), domain: "127.0.0.1"))
        #expect(try await browser.get(server, "/api/me").json("name") == "alice")
    }

    private func expectUnavailable(_ server: ServerProcess, _ phone: Visitor) async throws {
        let newcomer = Visitor.program(named: "Alice's new phone")
        expectDatabaseUnavailable(
            try await newcomer.signIn(at: server, username: "alice", password: password(of: "alice")))
        expectDatabaseUnavailable(try await phone.refresh(at: server))
        expectDatabaseUnavailable(try await phone.send("POST", server, "/api/logout-everywhere"))
        expectDatabaseUnavailable(try await phone.get(server, server.dataPath))
        let ready = try await phone.get(server, "/readyz")
        #expect(ready.status == 503)
        #expect(ready.text.contains("database"))
        #expect(try await phone.get(server, "/livez").status == 200)
    }
}
