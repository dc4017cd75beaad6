import Curl
import Harness
import Testing

/// Real connections that do what no client should. Each server has one second for what takes ten by default.
@Suite("Slow and greedy clients")
struct SlowClientTests {
    private static func options(_ more: [String] = []) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--request-timeout", "1"] + more
        return options
    }

    private static let form = "Content-Type: application/x-www-form-urlencoded\r\n"

    @Test(
        "Who sends a head too slowly is told so, and cut off",
        arguments: ["GET /", "GET / HTTP/1.1\r\nHost: a\r\nX-"])
    func slowHead(_ beginning: String) async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let slow = try RawConnection(to: stage.here.port)
            await slow.send(beginning)
            // One more byte now and then does not help.
            async let trickle: Void = waitUntil("the slow client is cut off") {
                _ = slow.sendWithoutWaiting("a")
                return slow.isClosed
            }
            let (answer, isClosed) = await slow.readToEnd()
            try await trickle
            #expect(isClosed)
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains("\"code\":\"request_too_slow\""))
            #expect(answer.lowercased().contains("connection: close"))
            try await expectRefusals("head_too_slow", 1, at: stage.here)
        }
    }

    @Test("Who connects and says nothing is cut off")
    func silent() async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let (answer, isClosed) = await (try RawConnection(to: stage.here.port)).readToEnd()
            #expect(isClosed)
            #expect(answer == "")
        }
    }

    @Test(
        "Who sends a body too slowly is told so, and cut off",
        arguments: ["Content-Length: 100", "Transfer-Encoding: chunked"])
    func slowBody(_ framing: String) async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let slow = try RawConnection(to: stage.here.port)
            await slow.send("POST /login HTTP/1.1\r\nHost: a\r\n\(Self.form)\(framing)\r\n\r\n")
            let (answer, isClosed) = await slow.readToEnd()
            #expect(isClosed)
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            try await expectRefusals("body_too_slow", 1, at: stage.here)
        }
    }

    @Test("A body without end is cut off, although it was refused long before")
    func endlessBody() async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let greedy = try RawConnection(to: stage.here.port)
            await greedy.send("POST /login HTTP/1.1\r\nHost: a\r\n\(Self.form)Transfer-Encoding: chunked\r\n\r\n")
            let chunk = "1000\r\n\(String(repeating: "a", count: 0x1000))\r\n"
            try await waitUntil("the endless body is cut off") {
                _ = greedy.sendWithoutWaiting(chunk)
                return greedy.isClosed
            }
            let (answer, _) = await greedy.readToEnd()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test("Who asks on and on and reads no answer is cut off")
    func slowReader() async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let deaf = try RawConnection(to: stage.here.port)
            let requests = String(repeating: "GET /login HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000)
            var sent = 0
            try await waitUntil("the deaf client is cut off", timeout: .seconds(20)) {
                sent += deaf.sendWithoutWaiting(requests)
                return deaf.isClosed
            }
            try await expectRefusals("answer_not_read", 1, at: stage.here)
            // What was taken from it is what the kernel's and the server's buffers hold, and not what it had to say.
            #expect(sent < 16 << 20)
        }
    }

    @Test("More connections than an address may have are closed, and others are served")
    func tooManyFromOneAddress() async throws {
        let options = Self.options(["--max-connections", "40", "--request-timeout", "60"])
        try await onStage(.bankToRetirement, options) { stage async throws in
            let greedy = try (0..<30).map { _ in try RawConnection(to: stage.here.port, from: "127.0.0.2") }
            try await waitUntil("all but a quarter of all are closed") { greedy.filter(\.isClosed).count == 20 }
            let honest = Visitor.program(named: "honest")
            #expect(try await honest.get(stage.here, "/login").status == 200)
            try await expectRefusals("too_many_from_address", 20, at: stage.here)
            // When one of them goes, there is room for another.
            #expect(try RawConnection(to: stage.here.port, from: "127.0.0.3").isClosed == false)
        }
    }

    @Test("Where all connections are taken, new ones wait until the slow ones are cut off")
    func tooManyInAll() async throws {
        let options = Self.options(["--max-connections", "10", "--max-connections-per-address", "10"])
        try await onStage(.bankToRetirement, options) { stage async throws in
            let slow = try (0..<10).map { _ in try RawConnection(to: stage.here.port, from: "127.0.0.2") }
            for connection in slow { await connection.send("GET / HTTP/1.1\r\n") }
            let honest = Visitor.program(named: "honest")
            let answer = try await honest.get(stage.here, "/login")
            #expect(answer.status == 200)
            // It had to wait for one of the slow ones to be cut off.
            let isOneCutOff = slow.contains { $0.isClosed }
            #expect(isOneCutOff)
            try await waitUntil("the slow ones are cut off") { slow.allSatisfy(\.isClosed) }
        }
    }

    @Test("A connection that is used on and on, with pauses below the bound, is untouched")
    func keepAlive() async throws {
        try await onStage(.bankToRetirement, Self.options()) { stage async throws in
            let steady = try RawConnection(to: stage.here.port)
            let start = ContinuousClock.now
            var answers = 0
            // Longer than the bound of a request, and than the linger.
            while ContinuousClock.now - start < .seconds(4) {
                await steady.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try #require(await steady.read(until: "\r\n\r\nok\n")).hasPrefix("HTTP/1.1 200 "))
                answers += 1
            }
            #expect(answers > 1)
            #expect(!steady.isClosed)
        }
    }

    @Test("A connection waits for its next request longer than for the rest of one, and not for ever")
    func idle() async throws {
        try await onStage(.bankToRetirement, Self.options(["--idle-timeout", "4"])) { stage async throws in
            let idle = try RawConnection(to: stage.here.port)
            await idle.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await idle.read(until: "\r\n\r\nok\n") != nil)
            let start = ContinuousClock.now
            #expect(await idle.readToEnd() == ("", true))
            #expect(ContinuousClock.now - start > .seconds(3))
        }
    }

    @Test("A request whose answer takes longer than the bound is answered")
    func slowAnswer() async throws {
        var options = Self.options()
        // About two seconds a hash.
        options.scrypt = "15,8,12"
        try await onStage(.bankToRetirement, options) { stage async throws in
            let program = Visitor.program(named: "program")
            let answer = try await program.signIn(at: stage.here, username: "nobody", password: goodPassword)
            #expect(answer.status == 401)
        }
    }
}

/// Expects that so many connections were ended for that reason.
private func expectRefusals(
    _ reason: String, _ count: Int, at server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let metrics = try await Visitor.program(named: "probe").get(server, "/metrics").text
    #expect(
        metrics.contains("sso_connections_refused_total{reason=\"\(reason)\"} \(count)\n"), "\(metrics)",
        sourceLocation: sourceLocation)
}
