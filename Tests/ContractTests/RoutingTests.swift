import Curl
import Harness
import Testing

@Suite("Paths and methods that are not there")
struct RoutingTests {
    @Test("An unknown path is a problem 404", arguments: Direction.allCases)
    func notFound(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let program = try await stage.signedInProgram()
            let paths = [
                "/nothing", "/api", "/api/nothing", "/api/me/more", "/API/ME", "/../etc/passwd",
                "/%2e%2e/etc/passwd", "/api/me%00", "/favicon.ico",
            ]
            for path in paths {
                expectProblem(try await program.get(stage.there, path), 404, "not_found", "\(path)")
            }
            for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                let answer = try await program.send(method, stage.there, "/api/nothing")
                expectProblem(answer, 404, "not_found", "\(method)")
            }
        }
    }

    @Test("A person who meets an unknown path sees a page", arguments: Direction.allCases)
    func pageNotFound(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "somebody")
            let page = try await browser.get(stage.here, "/nothing")
            #expect(page.status == 404)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.response.text.contains("not_found"))
            // Below /api a program is meant, whatever it accepts.
            expectProblem(try await browser.get(stage.here, "/api/nothing"), 404, "not_found")
        }
    }

    @Test("A known path answers another method with 405 and Allow", arguments: Direction.allCases)
    func methodNotAllowed(_ direction: Direction) async throws {
        let posts = ["register", "login", "refresh", "logout", "logout-everywhere", "password"].map { "/api/\($0)" }
        try await onStage(direction) { stage in
            let program = try await stage.signedInProgram()
            func expect405(_ path: String, _ allow: String, _ methods: [String]) async throws {
                for method in methods {
                    let answer = try await program.send(method, stage.there, path)
                    expectProblem(answer, 405, "method_not_allowed", "\(method) \(path)")
                    #expect(answer.headers(named: "Allow") == [allow], "\(method) \(path)")
                }
            }

            for path in posts + ["/logout-everywhere"] {
                try await expect405(path, "POST", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
            }
            for path in ["/api/me", stage.there.dataPath, "/livez", "/readyz", "/metrics", "/"] {
                try await expect405(path, "GET, HEAD", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
            }
            for path in ["/login", "/register", "/logout"] {
                try await expect405(path, "GET, HEAD, POST", ["PUT", "DELETE", "PATCH", "OPTIONS"])
            }
            #expect(try await program.refresh(at: stage.there).status == 200)
        }
    }

    @Test("A method that hardly anybody knows is refused with 405 or 501", arguments: Direction.allCases)
    func unknownMethod(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            for method in ["TRACE", "PROPFIND"] {
                let answer = try await Visitor.program(named: method).send(method, stage.here, "/api/me")
                #expect(answer.status == 405 || answer.status == 501, "\(method)")
            }
            #expect(try await Visitor.program(named: "next").get(stage.here, "/livez").status == 200)
        }
    }

    @Test("HEAD answers as GET does, without a body", arguments: Direction.allCases)
    func head(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            for path in ["/livez", "/login", "/register", "/logout", "/api/me", stage.there.dataPath, "/nothing", "/"] {
                let get = try await alice.get(stage.there, path)
                let head = try await alice.send("HEAD", stage.there, path)
                #expect(head.status == get.status, "\(path)")
                #expect(head.header("Content-Type") == get.header("Content-Type"), "\(path)")
                #expect(head.header("Content-Length") == get.header("Content-Length"), "\(path)")
                #expect(head.header("Cache-Control") == get.header("Cache-Control"), "\(path)")
                #expect(head.response.body.isEmpty, "\(path)")
                #expect(get.status == 303 || !get.response.body.isEmpty, "\(path)")
            }
            alice.use(token: nil)
            #expect(try await alice.send("HEAD", stage.there, "/api/me").status == 401)
            let login = try await alice.send("HEAD", stage.there, "/api/login")
            #expect(login.status == 405)
            #expect(login.header("Allow") == "POST")
        }
    }
}
