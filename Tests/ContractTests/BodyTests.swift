import Curl
import Harness
import Testing

@Suite("Bodies that cannot be taken")
struct BodyTests {
    /// The endpoints that read JSON, with a body each that has the right shape.
    private static let bodies = [
        "/api/register": #"{"username":"somebody","password":"some password"}"#,
        "/api/login": #"{"username":"somebody","password":"some password"}"#,
        "/api/refresh": #"{"refresh_token":"a.b.c"}"#,
        "/api/password": #"{"current_password":"some password","new_password":"other password"}"#,
    ]
    private static let pages = ["/login", "/register"]
    private static let json = Header("Content-Type", "application/json")
    private static let form = Header("Content-Type", "application/x-www-form-urlencoded")

    @Test("A body over 16 KiB is refused with 413, and one of 16 KiB is read", arguments: Direction.allCases)
    func tooLarge(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let body = #"{"username":"alice","password":"wrong password"}"#
            func padded(to size: Int) -> [UInt8] {
                Array(body.utf8) + Array(repeating: 32, count: size - body.utf8.count)
            }

            for path in Self.bodies.keys.sorted() {
                for size in [16_385, 60_000] {
                    let known = try await alice.send(
                        "POST", stage.there, path, headers: [Self.json], body: padded(to: size))
                    expectProblem(known, 413, "body_too_large", "\(path), \(size) bytes")
                    let chunked = try await alice.send(
                        "POST", stage.there, path, headers: [Self.json, Header("Transfer-Encoding", "chunked")],
                        body: padded(to: size))
                    #expect(!chunked.sentHead.lowercased().contains("content-length"))
                    expectProblem(chunked, 413, "body_too_large", "\(path), \(size) bytes in chunks")
                }
            }
            let largest = try await alice.send(
                "POST", stage.there, "/api/login", headers: [Self.json], body: padded(to: 16_384))
            expectProblem(largest, 401, "invalid_credentials")
            let chunked = try await alice.send(
                "POST", stage.there, "/api/login", headers: [Self.json, Header("Transfer-Encoding", "chunked")],
                body: padded(to: 16_384))
            expectProblem(chunked, 401, "invalid_credentials")
        }
    }

    @Test("A body over 16 KiB is refused with 413 where none is read, too", arguments: Direction.allCases)
    func tooLargeForNothing(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let body = [UInt8](repeating: 32, count: 16_385)
            for path in ["/api/logout", "/api/logout-everywhere"] {
                let answer = try await alice.send("POST", stage.here, path, headers: [Self.json], body: body)
                expectProblem(answer, 413, "body_too_large", "\(path)")
            }
            #expect(try await alice.refresh(at: stage.there).status == 200)
        }
    }

    @Test("A form over 16 KiB is refused with 413", arguments: Direction.allCases)
    func formTooLarge(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let browser = Visitor.browser(named: "alice")
            for path in Self.pages {
                let fields = [("username", "alice"), ("password", String(repeating: "x", count: 16_384))]
                let answer = try await browser.post(stage.here, path, form: fields)
                #expect(answer.status == 413, "\(path)")
                #expect(answer.headers(named: "Set-Cookie") == [], "\(path)")
            }
        }
    }

    @Test("A megabyte is refused, and the server lives on", arguments: Direction.allCases)
    func farTooLarge(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "somebody")
            let answer = try? await program.send(
                "POST", stage.here, "/api/login", headers: [Self.json], body: Array(repeating: 32, count: 1 << 20))
            // The server may close before it was sent; libcurl may or may not see the answer then.
            #expect(answer == nil || answer?.status == 413)
            let next = try await Visitor.program(named: "next").get(stage.here, "/livez")
            #expect(next.status == 200)
        }
    }

    @Test("Another content type than JSON is refused with 415 below /api", arguments: Direction.allCases)
    func wrongTypeForJSON(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let wrong = [
                "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
                "text/json", "json", "*/*", "application/json, text/plain",
            ]
            for (path, body) in Self.bodies {
                for type in wrong {
                    let answer = try await alice.send(
                        "POST", stage.there, path, headers: [Header("Content-Type", type)], body: Array(body.utf8))
                    expectProblem(answer, 415, "unsupported_media_type", "\(path), \(type)")
                }
                let none = try await alice.send("POST", stage.there, path, body: Array(body.utf8))
                #expect(!none.sentHead.lowercased().contains("content-type"))
                expectProblem(none, 415, "unsupported_media_type", "\(path), no type")
            }
        }
    }

    @Test("JSON's media type is known in any case and with a parameter", arguments: Direction.allCases)
    func rightType(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            let body = jsonObject(["username": "alice", "password": goodPassword])
            for type in ["APPLICATION/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8"] {
                let answer = try await alice.post(
                    stage.there, "/api/login", json: body, headers: [Header("Content-Type", type)])
                #expect(answer.status == 200, "\(type)")
            }
        }
    }

    @Test("Another content type than a form is refused with 415 by the pages", arguments: Direction.allCases)
    func wrongTypeForForm(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "somebody")
            for path in Self.pages {
                for type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
                    let answer = try await program.send(
                        "POST", stage.here, path, headers: [Header("Content-Type", type)],
                        body: Array("username=alice&password=x".utf8))
                    expectProblem(answer, 415, "unsupported_media_type", "\(path), \(type)")
                }
                let none = try await program.send("POST", stage.here, path, body: Array("username=alice".utf8))
                expectProblem(none, 415, "unsupported_media_type", "\(path), no type")
            }
        }
    }

    @Test("A form that is no UTF-8 or wrongly encoded is refused with 400", arguments: Direction.allCases)
    func malformedForm(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let program = Visitor.program(named: "somebody")
            for path in Self.pages {
                let raw = Array("username=al".utf8) + [0xff] + Array("ice&password=12345678".utf8)
                let answer = try await program.send("POST", stage.here, path, headers: [Self.form], body: raw)
                expectProblem(answer, 400, "malformed_form", "\(path)")
            }
        }
    }

    @Test("Text that is not strict JSON is refused with 400", arguments: Direction.allCases)
    func malformedJSON(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            for (path, good) in Self.bodies {
                for (what, bytes) in malformations(of: good) {
                    let answer = try await alice.send("POST", stage.there, path, headers: [Self.json], body: bytes)
                    expectProblem(answer, 400, "malformed_json", "\(path): \(what)")
                }
                let none = try await alice.send("POST", stage.there, path, headers: [Self.json])
                expectProblem(none, 400, "malformed_json", "\(path): no body")
            }
        }
    }

    @Test("A field that is missing or no string is refused with 422, and named", arguments: Direction.allCases)
    func wrongShape(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            for (path, good) in Self.bodies {
                let fields = try #require(JSONValue(Array(good.utf8))).keys
                for field in fields {
                    for value in [nil, "null", "1", "1.5", "true", "[\"text\"]", "{}", "{\"a\":\"b\"}"] as [String?] {
                        let members = fields.compactMap { name in
                            name == field ? value.map { "\"\(name)\":\($0)" } : "\"\(name)\":\"valid text\""
                        }
                        // A good name, so that the other field is what is wrong.
                        let body = "{\(members.joined(separator: ","))}".replacing(
                            "\"username\":\"valid text\"", with: "\"username\":\"alice\"")
                        let answer = try await alice.post(stage.there, path, json: body)
                        expectProblem(answer, 422, "invalid_\(field)", "\(path) \(body)")
                    }
                }
                for text in ["[\(good)]", "null", "1", "\"text\"", "true"] {
                    let answer = try await alice.post(stage.there, path, json: text)
                    expectProblem(answer, 422, "invalid_body", "\(path) \(text)")
                }
            }
        }
    }

    private func malformations(of good: String) -> [(what: String, bytes: [UInt8])] {
        let open = String(good.dropLast())
        let texts = [
            ("empty", ""), ("blank", "  \n"), ("truncated", open), ("half", String(good.prefix(good.count / 2))),
            ("trailing comma", "\(open),}"), ("two values", good + good), ("text after it", "\(good)x"),
            ("NaN", "\(open),\"x\":NaN}"), ("Infinity", "\(open),\"x\":Infinity}"), ("+1", "\(open),\"x\":+1}"),
            ("leading zero", "\(open),\"x\":01}"), ("single quotes", good.replacing("\"", with: "'")),
            ("unquoted name", "\(open),x:1}"), ("comment", "\(good)/**/"), ("a form", "username=a&password=b"),
            ("lone surrogate", "\(open),\"x\":\"\\ud800\"}"), ("low surrogate", "\(open),\"x\":\"\\udc00\"}"),
            ("unknown escape", "\(open),\"x\":\"\\x41\"}"), ("raw line break", "\(open),\"x\":\"\n\"}"),
            ("duplicates", "\(open),\(good.dropFirst())"), ("duplicates of another name", "\(open),\"x\":1,\"x\":1}"),
            ("duplicates by escape", "\(open),\"x\":1,\"\\u0078\":1}"),
            ("too deep", String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)),
        ]
        let utf16 = good.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        return texts.map { ($0.0, Array($0.1.utf8)) } + [
            ("byte-order mark", [0xef, 0xbb, 0xbf] + Array(good.utf8)), ("UTF-16", utf16),
            ("UTF-16 with its mark", [0xff, 0xfe] + utf16),
            ("invalid UTF-8", Array("\(open),\"x\":\"".utf8) + [0xc3, 0x28] + Array("\"}".utf8)),
            ("encoded surrogate", Array("\(open),\"x\":\"".utf8) + [0xed, 0xa0, 0x80] + Array("\"}".utf8)),
            ("NUL after it", Array(good.utf8) + [0]),
        ]
    }
}
