import Curl
import Harness
import Testing

/// Where a proxy and the server disagree about where a request ends, the rest is somebody else's request. So whatever
/// can be read in two ways (RFC 9112) is refused, and nothing after it on the connection is.
@Suite("Requests that could be read in two ways")
struct SmugglingTests {
    /// What must never be answered: it comes after a request that is to be refused.
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    private static func post(_ headers: String, _ body: String) -> String {
        "POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\(headers)\r\n\r\n\(body)"
    }

    private static func get(_ headers: String) -> String {
        "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)\r\n\r\n"
    }

    static let lengths = [
        "Content-Length: 2\r\nContent-Length: 3", "Content-Length: 2\r\nContent-Length: 2", "Content-Length: 2, 3",
        "Content-Length: 2, 2", "Content-Length: +2", "Content-Length: -2", "Content-Length: 0x2",
        "Content-Length: 2 2",
        "Content-Length: 2;", "Content-Length: two", "Content-Length: 18446744073709551618",
        "Content-Length: 99999999999999999999999", "Content-Length : 2", "Content-Length\t: 2", " Content-Length: 2",
        "Content-Length: 2\r\n Transfer-Encoding: chunked", "Content-Length: 2\nTransfer-Encoding: chunked",
        "Content-Length: 2\u{0}", "Content-Length:",
    ]

    static let encodings = [
        "Content-Length: 2\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 2",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity",
        "Transfer-Encoding: gzip", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding : chunked", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked;a=b",
        "Transfer-Encoding: chunked\r\n , identity", "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunke\u{0}d",
        "Transfer-Encoding\u{0}: chunked", "Transfer-Encoding: chunked,chunked", "Transfer_Encoding: chunked\u{1}",
    ]

    static let chunks = [
        "2\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "+2\r\n{}\r\n0\r\n\r\n",
        "2 \u{0}\r\n{}\r\n0\r\n\r\n", "\r\n{}\r\n0\r\n\r\n", "g\r\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n",
        "2\r\n{}x\r\n0\r\n\r\n", "10000000000000002\r\n{}\r\n0\r\n\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        "2;a\nb\r\n{}\r\n0\r\n\r\n", "2\r\n{}\n0\r\n\r\n",
    ]

    static let heads = [
        "GET /livez HTTP/1.1\nHost: 127.0.0.1\n\n", "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\n\n",
        get("X: a\r\n folded"), get("X: a\r\n\tfolded"), get("X: a\rY: b"), get("X: a\u{0}b"), get("X : a"),
        get("X y: a"),
        get(": a"), get("X"), get("\u{0}: a"), get("X\u{0}: a"), get("(X): a"),
        "GET /livez HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n", "GET\t/livez\tHTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /li vez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET /livez HTTP/1.1 \r\nHost: 127.0.0.1\r\n\r\n",
        "GET /livez\r\n\r\n", "GET /livez HTTP/0.9\r\n\r\n", "GET /livez HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /livez HTTP/1.10\r\nHost: 127.0.0.1\r\n\r\n", "GET /livez http/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "G(T /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{0}GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ]

    @Test("A length that is not one plain number is refused, and the connection closed")
    func length() async throws { try await expectRefused(Self.lengths.map { Self.post($0, "{}") }) }

    @Test("A body in anything but plain chunks alone is refused, and the connection closed")
    func encoding() async throws {
        try await expectRefused(Self.encodings.map { Self.post($0, "2\r\n{}\r\n0\r\n\r\n") })
    }

    @Test("Chunks that are not of the one right form are refused, and the connection closed")
    func chunk() async throws {
        try await expectRefused(Self.chunks.map { Self.post("Transfer-Encoding: chunked", $0) })
    }

    @Test("A head that is not of the one right form is refused, and the connection closed")
    func head() async throws { try await expectRefused(Self.heads) }

    @Test("What is right is answered, one request after another on one connection")
    func right() async throws {
        try await onStage(.bankToRetirement) { stage in
            for request in [
                Self.get("X: y"), Self.post("Content-Length: 2", "{}"),
                Self.post("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"),
                Self.post("Transfer-Encoding: chunked", "2;name=value\r\n{}\r\n0\r\nTrailer: x\r\n\r\n"),
            ] {
                let (statuses, _) = try await statuses(request + Self.smuggled, stage)
                #expect(statuses.count == 2 && statuses.last == 404, "\(request.debugDescription): \(statuses)")
            }
        }
    }

    /// Expects of each one refusal or none, and that what follows on the connection is not looked at.
    private func expectRefused(_ requests: [String]) async throws {
        try await onStage(.bankToRetirement) { stage in
            for request in requests {
                let (statuses, isClosed) = try await statuses(request + Self.smuggled, stage)
                #expect(
                    statuses.count <= 1 && statuses.allSatisfy { (400...505).contains($0) } && isClosed,
                    "\(request.debugDescription): \(statuses), closed: \(isClosed)")
            }
            #expect(try await Visitor.program(named: "next").get(stage.here, "/livez").status == 200)
        }
    }

    /// The statuses of all that is answered on a connection, and whether the server closes it.
    private func statuses(_ text: String, _ stage: Stage) async throws -> (statuses: [Int], isClosed: Bool) {
        let connection = try RawConnection(to: stage.here.port)
        await connection.send(text)
        // Where the server goes on, this ends the reading.
        await connection.send("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        let (answer, isClosed) = await connection.readToEnd()
        let statuses = answer.matches(of: #/HTTP/1\.1 ([0-9]{3}) /#).compactMap { Int($0.1) }
        return (answer.hasSuffix("ok\n") ? statuses.dropLast() : statuses, isClosed)
    }
}
