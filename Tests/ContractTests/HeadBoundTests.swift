import Harness
import Testing

@Suite("How large a request's head may be")
struct HeadBoundTests {
    /// Sends a head and gives the status of the answer.
    private func status(of head: String, at server: ServerProcess) async throws -> String {
        let connection = try RawConnection(to: server.port)
        await connection.send(head)
        let (answer, isClosed) = await connection.readToEnd()
        #expect(isClosed)
        return String(answer.dropFirst("HTTP/1.1 ".count).prefix(3))
    }

    /// A request with that many header fields, which asks for the connection to be closed.
    private func request(fields: Int) -> String {
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + (0..<fields - 2).map { "X-\($0): y\r\n" }.joined() + "\r\n"
    }

    @Test("100 header fields are taken, 101 are not")
    func count() async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            #expect(try await status(of: request(fields: 100), at: stage.here) == "200")
            #expect(try await status(of: request(fields: 101), at: stage.here) == "431")
        }
    }

    @Test("A field that is far too long is refused with 431, and who sends it hears why", arguments: [40_000, 1 << 20])
    func longField(_ length: Int) async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            let connection = try RawConnection(to: stage.here.port)
            await connection.send(
                "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(String(repeating: "x", count: length))\r\n\r\n")
            let (answer, isClosed) = await connection.readToEnd()
            #expect(isClosed)
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
            #expect(answer.contains("\"code\":\"headers_too_large\""))
        }
    }

    @Test("Who goes on sending after the refusal is listened to for a while, and then cut off")
    func linger() async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            // More than once, as on a busy machine the while may be over before we come to send.
            try await waitUntil("what comes after the refusal is taken", timeout: .seconds(30)) {
                let connection = try RawConnection(to: stage.here.port)
                await connection.send(
                    "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(String(repeating: "x", count: 40_000))")
                #expect(await connection.read(until: "\"code\":\"headers_too_large\"") != nil)
                // A server that had closed would answer the first of these with a reset, and the next could not be sent.
                var isTaken = true
                for _ in 0..<3 where isTaken { isTaken = await connection.send("xxxx") }
                try await waitUntil("it is closed for good") { await !connection.send("xxxx") }
                return isTaken
            }
        }
    }

    @Test("Many fields that are too long together are refused with 431")
    func longTogether() async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            let field = "X: \(String(repeating: "y", count: 1000))\r\n"
            let head = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: field, count: 40) + "\r\n"
            #expect(try await status(of: head, at: stage.here) == "431")
        }
    }

    @Test("A target of 16 KiB is taken; beyond it, 414", arguments: [16_384, 16_385, 40_000, 1 << 20])
    func longTarget(_ length: Int) async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            let target = "/livez?" + String(repeating: "a", count: length - 7)
            let head = "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            #expect(try await status(of: head, at: stage.here) == (length <= 16_384 ? "200" : "414"))
        }
    }

    @Test("After all of them the server answers as before")
    func livesOn() async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            for _ in 0..<20 { _ = try await status(of: request(fields: 200), at: stage.here) }
            #expect(try await status(of: request(fields: 3), at: stage.here) == "200")
        }
    }
}
