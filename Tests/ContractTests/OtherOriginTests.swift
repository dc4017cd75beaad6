import Curl
import Harness
import Testing

@Suite("Scripts of other sites")
struct OtherOriginTests {
    @Test("No answer lets them read it, whatever they ask for first", arguments: Direction.allCases)
    func notReadable(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let asking = ["Access-Control-Request-Method", "Access-Control-Request-Headers"]
            for origin in ["https://evil.example", "null", stage.there.url, stage.here.url] {
                for path in ["/", "/login", "/api/login", "/api/me", stage.here.dataPath, "/openapi.json", "/nothing"] {
                    let headers = [Header("Origin", origin)]
                    let preflight = try await alice.send(
                        "OPTIONS", stage.here, path,
                        headers: headers + [Header(asking[0], "POST"), Header(asking[1], "authorization")])
                    // Without a 2xx the browser does not send what it asked for.
                    #expect(preflight.status == (path == "/nothing" ? 404 : 405), "\(origin) \(path)")
                    let answer = try await alice.get(stage.here, path, headers: headers)
                    for header in preflight.headers + answer.headers {
                        let name = header.name.lowercased()
                        #expect(!name.hasPrefix("access-control-") && name != "timing-allow-origin", "\(path)")
                    }
                }
            }
        }
    }

    @Test("Methods that proxies and tools speak lead nowhere", arguments: Direction.allCases)
    func otherMethods(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            for line in [
                "OPTIONS * HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1", "TRACE /api/me HTTP/1.1",
                "TRACK /api/me HTTP/1.1", "GET http://evil.example/ HTTP/1.1", "PROPFIND / HTTP/1.1",
                "post /api/logout HTTP/1.1",
            ] {
                let connection = try RawConnection(to: stage.here.port)
                await connection.send("\(line)\r\nHost: 127.0.0.1\r\nX-Secret: mirrored\r\nConnection: close\r\n\r\n")
                let (answer, isClosed) = await connection.readToEnd()
                let status = answer.firstMatch(of: #/^HTTP/1\.1 ([0-9]{3}) /#).flatMap { Int($0.1) }
                #expect(status.map { (300...505).contains($0) } ?? true, "\(line): \(answer.prefix(40))")
                #expect(isClosed && !answer.contains("mirrored") && !answer.contains("evil.example"), "\(line)")
            }
        }
    }

    @Test("Nobody changes to another protocol", arguments: ["h2c", "websocket", "TLS/1.0, HTTP/1.1"])
    func upgrade(_ to: String) async throws {
        try await onStage(.bankToRetirement) { stage in
            let answer = try await Visitor.program(named: "upgrader").get(
                stage.here, "/livez",
                headers: [
                    Header("Connection", "Upgrade, HTTP2-Settings"), Header("Upgrade", to),
                    Header("HTTP2-Settings", "AAMAAABkAAQAAP__"), Header("Sec-WebSocket-Version", "13"),
                    Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ])
            #expect(answer.status == 200)
            #expect(answer.header("Upgrade") == nil)
        }
    }
}
