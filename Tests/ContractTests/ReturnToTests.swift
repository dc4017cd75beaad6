import Curl
import Harness
import Testing

@Suite("Where one is sent after signing in")
struct ReturnToTests {
    /// Addresses that lead elsewhere, or that some browser reads so. OWN and PEER stand for the two servers' own.
    private static let tricks = [
        "", " ", "evil", "evil.example", "./", "../", "?", "#", "@evil.example", ":evil.example", "//evil.example",
        "///evil.example", "////evil.example", "//evil.example/%2e%2e", "//evil.example@OWN", "/\\evil.example",
        "\\/evil.example", "\\\\evil.example", "\\evil.example", "/\\/evil.example", "/\\\\evil.example", "//\\evil",
        "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/\r\n/evil.example", "\t//evil.example",
        "\n//evil.example", " //evil.example", "\u{0}//evil.example", "\u{1}//evil", "/\u{0}/evil.example", "/ /evil",
        "//%09/evil.example", "/\u{B}/evil.example", "/\u{C}/evil.example", "/\u{7F}/evil", "https://evil.example",
        "http://evil.example", "HTTPS://evil.example", "https:evil.example", "https:/evil.example",
        "https:///evil.example",
        "https:\\\\evil.example", "http:\\/evil.example", "ftp://evil.example", "//user:pass@evil.example",
        "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
        "javascript://OWN/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:OWN/x",
        "view-source:OWN", "file:///etc/passwd", "mailto:a@b", "OWN@evil.example", "OWN.evil.example", "OWN:80/",
        "OWN%2eevil.example", "OWN\\@evil.example", "OWN%00.evil.example", "OWN#@evil.example", "OWN?@evil.example",
        "PEER@evil.example", "PEER.evil.example/", "PEER0/", "PEER\\.evil.example", "PEER\t.evil.example", "xOWN/",
        "https://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0x7f000001/", "http://2130706433/",
        "／／evil.example", "//evil。example", "/\u{2028}/evil.example", "/\u{85}/evil", "/\u{A0}/evil", "/ä",
        "/\u{202E}x",
        "／evil.example", "/" + String(repeating: "a", count: 2048),
    ]

    private func fill(_ text: String, _ stage: Stage) -> String {
        text.replacing("OWN", with: stage.here.url).replacing("PEER", with: stage.there.url)
    }

    @Test("No trick leads elsewhere, neither by the link nor by the form", arguments: Direction.allCases)
    func tricks(_ direction: Direction) async throws {
        #expect(Self.tricks.count >= 60)
        try await onStage(direction) { stage async throws in
            let browser = try await stage.signedInBrowser()
            for trick in Self.tricks.map({ fill($0, stage) }) {
                // In a query, a plus is no space.
                let query = formBody([("return_to", trick)]).replacing("+", with: "%20")
                for path in ["/login", "/register"] {
                    let page = try await browser.get(stage.here, "\(path)?\(query)")
                    #expect(page.status == 200, "\(trick.debugDescription)")
                    #expect(page.text.contains("name=\"return_to\" value=\"/\""), "\(path) \(trick.debugDescription)")
                }
                let answer = try await browser.post(
                    stage.here, "/login",
                    form: [("username", "alice"), ("password", goodPassword), ("return_to", trick)])
                #expect(answer.status == 303, "\(trick.debugDescription)")
                #expect(answer.headers(named: "Location") == ["/"], "\(trick.debugDescription)")
            }
        }
    }

    @Test("Paths of this server and addresses of the peer are gone to", arguments: Direction.allCases)
    func good(_ direction: Direction) async throws {
        try await onStage(direction) { stage async throws in
            let browser = try await stage.signedInBrowser()
            for target in [
                "/", "/devices", "/a//b?c=/%0d%0a", "OWN", "OWN/", "OWN/devices", "PEER", "PEER/", "PEER/x?y#z",
            ]
            .map({ fill($0, stage) }) {
                let answer = try await browser.post(
                    stage.here, "/login",
                    form: [("username", "alice"), ("password", goodPassword), ("return_to", target)])
                #expect(answer.headers(named: "Location") == [target])
            }
        }
    }
}
