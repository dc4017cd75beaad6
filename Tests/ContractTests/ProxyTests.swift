import Curl
import Foundation
import Harness
import Testing

@Suite("Behind a proxy that is trusted")
struct ProxyTests {
    private static func options(_ more: [String] = []) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--trusted-proxies", "127.0.0.1", "--attempts-per-address", "3,20"] + more
        return options
    }

    /// Posts a wrong password for another name each time; gives the status line. The connection comes from an address of
    /// this machine's choice.
    private func guess(
        _ index: Int, at server: ServerProcess, _ headers: String, from source: String = "127.0.0.1"
    ) async throws -> String {
        let body = jsonObject(["username": "user\(index)", "password": "Summer 2026"])
        let connection = try RawConnection(to: server.port, from: source)
        await connection.send(
            "POST /api/login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n\(headers)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return String(await connection.readToEnd().text.prefix(12))
    }

    @Test(
        "Each client has limits of its own, on both servers, whatever it has written before the proxy's word",
        arguments: Direction.allCases)
    func limits(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            func chain(_ index: Int, _ client: String) -> String {
                "X-Forwarded-For: 203.0.113.\(index), \(client)\r\n"
            }
            for index in 0..<3 {
                let server = index == 1 ? stage.there : stage.here
                #expect(try await guess(index, at: server, chain(index, "198.51.100.7")) == "HTTP/1.1 401")
            }
            for server in [stage.here, stage.there] {
                #expect(try await guess(4, at: server, chain(4, "198.51.100.7")) == "HTTP/1.1 429")
                let lines = "X-Forwarded-For: 203.0.113.5\r\nx-forwarded-for: 198.51.100.7\r\n"
                #expect(try await guess(5, at: server, lines) == "HTTP/1.1 429")
                #expect(try await guess(6, at: server, chain(6, "198.51.100.8")) == "HTTP/1.1 401")
                // Who is no proxy is not believed, and has a limit of its own.
                let stranger = try await guess(7, at: server, chain(7, "198.51.100.7"), from: "127.0.0.9")
                #expect(stranger == "HTTP/1.1 401")
            }
        }
    }

    @Test("Who is no proxy cannot get another address by its headers")
    func stranger() async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            for index in 0..<4 {
                let headers =
                    "X-Forwarded-For: 198.51.100.\(index)\r\nForwarded: for=198.51.100.\(index)\r\n"
                    + "X-Real-IP: 198.51.100.\(index)\r\n"
                let answer = try await guess(index, at: stage.here, headers, from: "127.0.0.9")
                #expect(answer == (index < 3 ? "HTTP/1.1 401" : "HTTP/1.1 429"))
            }
        }
    }

    @Test("The header of RFC 7239 is read where it was chosen, and then it alone")
    func forwarded() async throws {
        try await onStage(.bankToRetirement, Self.options(["--forwarded-header", "forwarded"])) { stage async throws in
            for index in 0..<4 {
                let headers =
                    "X-Forwarded-For: 198.51.100.\(index)\r\n"
                    + "Forwarded: for=203.0.113.\(index), For=\"[2001:db8::\(index)]:80\"\r\n"
                // All of one customer's 64 bits are one place.
                let answer = try await guess(index, at: stage.here, headers)
                #expect(answer == (index < 3 ? "HTTP/1.1 401" : "HTTP/1.1 429"))
            }
        }
    }

    @Test("The audit record holds the client's address, written in one way", arguments: Direction.allCases)
    func audit(_ direction: Direction) async throws {
        try await onStage(direction, Self.options()) { stage async throws in
            let browser = try await stage.signedInBrowser()
            _ = try await browser.post(
                stage.there, "/login", form: [("username", "alice"), ("password", "a wrong guess")],
                headers: [Header("X-Forwarded-For", "203.0.113.9, [2001:DB8:0::7]:4711")])
            let page = try await browser.get(stage.here, "/activity").text
            #expect(page.contains("2001:db8::7") && !page.contains("203.0.113.9"))
        }
    }

    @Test(
        "Browsers are told to come by https when the proxy says that they have, and not when it says that they have not"
    )
    func scheme() async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let program = Visitor.program(named: "program")
            func policy(_ scheme: String) async throws -> String? {
                try await program.get(stage.here, "/livez", headers: [Header("X-Forwarded-Proto", scheme)])
                    .header("Strict-Transport-Security")
            }
            #expect(try await policy("https") == "max-age=31536000")
            #expect(try await policy("http") == nil)
            #expect(try await policy("ftp") == nil)
        }
        // Without trust, nobody can make a browser come by https where there is none.
        try await onStage(.bankToRetirement) { stage async throws in
            let answer = try await Visitor.program(named: "program").get(
                stage.here, "/livez", headers: [Header("X-Forwarded-Proto", "https")])
            #expect(answer.header("Strict-Transport-Security") == nil)
        }
    }
}
