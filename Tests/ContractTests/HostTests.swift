import Harness
import Testing

@Suite("The name by which a server is asked")
struct HostTests {
    /// Asks with that `Host`, and gives the whole answer.
    private func ask(_ server: ServerProcess, _ path: String, host: [String]) async throws -> String {
        let connection = try RawConnection(to: server.port)
        let hosts = host.map { "Host: \($0)\r\n" }.joined()
        await connection.send("GET \(path) HTTP/1.1\r\n\(hosts)Accept: application/json\r\nConnection: close\r\n\r\n")
        return await connection.readToEnd().text
    }

    private func options(_ url: String) -> Cluster.Options {
        var options = Cluster.Options()
        options.arguments = ["--public-url", url]
        return options
    }

    @Test(
        "With a public URL, other names are refused",
        arguments: [
            "evil.example", "bank.example.evil.example", "evil.example:443", "bank.example:444", "bank.example:80",
            "bank.example.", "xbank.example", "localhost", "127.0.0.1", "127.0.0.1:1", "bank.example@evil.example",
            "evil.example/bank.example", "[::1]", "",
        ])
    func otherNames(_ host: String) async throws {
        try await onStage(.bankToRetirement, options("https://bank.example")) { stage async throws in
            for path in ["/login", "/api/me", "/", "/nowhere", "/assets/site.css"] {
                let answer = try await ask(stage.here, path, host: [host])
                #expect(answer.hasPrefix("HTTP/1.1 421 "), "\(path): \(answer)")
                #expect(answer.contains("\"code\":\"wrong_host\""))
                // A probe knows the address, not the name.
                #expect(!host.isEmpty || !answer.contains("evil"))
            }
            for probe in ["/livez", "/readyz", "/metrics"] {
                #expect(try await ask(stage.here, probe, host: [host]).hasPrefix("HTTP/1.1 200 "), "\(probe)")
            }
        }
    }

    @Test(
        "Two names, or none, are refused",
        arguments: [["bank.example", "evil.example"], ["bank.example", "bank.example"], []])
    func notOne(_ hosts: [String]) async throws {
        try await onStage(.bankToRetirement, options("https://bank.example")) { stage async throws in
            let answer = try await ask(stage.here, "/login", host: hosts)
            #expect(answer.hasPrefix("HTTP/1.1 421 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        }
    }

    @Test("The public name is let in, and the address that was really asked")
    func ownName() async throws {
        try await onStage(.bankToRetirement, options("https://bank.example")) { stage async throws in
            for host in ["bank.example", "BANK.example", "bank.example:443", "127.0.0.1:\(stage.here.port)"] {
                #expect(try await ask(stage.here, "/login", host: [host]).hasPrefix("HTTP/1.1 200 "), "\(host)")
            }
        }
        try await onStage(.bankToRetirement, options("http://bank.example:8081")) { stage async throws in
            #expect(try await ask(stage.here, "/login", host: ["bank.example:8081"]).hasPrefix("HTTP/1.1 200 "))
            #expect(try await ask(stage.here, "/login", host: ["bank.example"]).hasPrefix("HTTP/1.1 421 "))
        }
    }

    @Test("Without a public URL any name will do, and none of them shows in an answer")
    func anyName() async throws {
        try await onStage(.bankToRetirement) { stage async throws in
            for path in ["/", "/login", "/register", "/devices", "/api/me", "/nowhere"] {
                let answer = try await ask(stage.here, path, host: ["evil.example"])
                #expect(!answer.contains("421") && !answer.contains("evil"), "\(answer)")
            }
        }
    }

    @Test("Browsers are told to come by https only, where the public URL is https")
    func strictTransport() async throws {
        for (url, isSecure) in [("https://bank.example", true), ("http://bank.example", false)] {
            try await onStage(.bankToRetirement, options(url)) { stage async throws in
                for path in ["/login", "/", "/api/me", "/nowhere", "/livez"] {
                    let answer = try await ask(stage.here, path, host: ["bank.example"])
                    #expect(answer.contains("Strict-Transport-Security: max-age=31536000\r\n") == isSecure, "\(path)")
                }
            }
        }
    }
}
