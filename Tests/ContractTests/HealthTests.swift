import Curl
import Harness
import Testing

@Suite("Health and metrics")
struct HealthTests {
    @Test("livez and readyz answer 200 at both servers", arguments: Direction.allCases)
    func healthy(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let probe = Visitor.program(named: "probe")
            for server in [stage.here, stage.there] {
                for path in ["/livez", "/readyz"] {
                    let answer = try await probe.get(server, path)
                    #expect(answer.status == 200, "\(path)")
                    #expect(try await probe.send("HEAD", server, path).status == 200, "HEAD \(path)")
                }
                #expect(try await probe.get(server, "/livez").response.serverTiming == ServerTiming(auth: 0, db: 0))
            }
        }
    }

    @Test("Every line of the metrics is Prometheus text, with one TYPE for each name", arguments: Direction.allCases)
    func metricsParse(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            try await alice.get(stage.here, "/\"quoted\\path")
            try await alice.send("BREW", stage.here, "/api/me")
            try await alice.signIn(at: stage.here, username: "alice", password: "wrong password")
            let answer = try await alice.get(stage.here, "/metrics")
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
            let page = try #require(PrometheusPage(answer.response.text))
            #expect(page.types.values.contains("counter"))
            #expect(page.types.values.contains("histogram"))
            #expect(page.samples.count > 10)
        }
    }

    @Test("Counters grow with what happens, and never shrink", arguments: Direction.allCases)
    func countersGrow(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let alice = try await stage.signedInProgram()
            func look() async throws -> PrometheusPage {
                try #require(PrometheusPage(try await alice.get(stage.there, "/metrics").response.text))
            }

            try await alice.get(stage.there, "/api/me")
            let before = try await look()
            for _ in 1...3 { try await alice.get(stage.there, "/api/me") }
            try await alice.signIn(at: stage.there, username: "alice", password: "wrong password")
            let after = try await look()

            for (series, value) in before.counters {
                #expect((after.counters[series] ?? -1) >= value, "\(series)")
            }
            let requests = "http_requests_total{path=\"/api/me\",method=\"GET\",status=\"200\"}"
            #expect(before.counters[requests] == 1)
            #expect(after.counters[requests] == 4)
            let checks = "sso_token_checks_total{result=\"ok\"}"
            let (checksBefore, checksAfter) = (before.counters[checks], after.counters[checks])
            #expect(try #require(checksAfter) == (try #require(checksBefore)) + 3)
            #expect(after.counters["sso_sign_ins_total{result=\"invalid_credentials\"}"] == 1)
        }
    }

    @Test("Paths that strangers invent make no new series", arguments: Direction.allCases)
    func noSeriesForStrangers(_ direction: Direction) async throws {
        try await onStage(direction) { stage in
            let stranger = Visitor.program(named: "stranger")
            for number in 1...20 {
                try await stranger.get(stage.here, "/invented\(number)")
                try await stranger.send("INVENTED\(number)", stage.here, "/livez")
            }
            let text = try await stranger.get(stage.here, "/metrics").response.text
            #expect(!text.lowercased().contains("invented"))
        }
    }
}

/// The text format of Prometheus, version 0.0.4, read strictly.
struct PrometheusPage {
    /// The type of each metric.
    private(set) var types: [String: String] = [:]
    /// The value of each series: its name with its labels.
    private(set) var samples: [String: Double] = [:]

    /// The series whose values only grow.
    var counters: [String: Double] {
        samples.filter { series, _ in types[String(series.prefix { $0 != "{" })] == "counter" }
    }

    /// Nil if a line is not of the format, a series stands twice, or a sample has no type.
    init?(_ text: String) {
        guard text.hasSuffix("\n") else { return nil }
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)/) {
                guard types.updateValue(String(match.2), forKey: String(match.1)) == nil else { return nil }
            } else if line.wholeMatch(of: /# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*/) == nil {
                guard add(sample: line) else { return nil }
            }
        }
    }

    private mutating func add(sample line: Substring) -> Bool {
        let label = /[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*"/
        guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([^}]*)\})? (\S+)/),
            let value = Double(match.4.replacing("Inf", with: "inf"))
        else { return false }
        if let labels = match.3, !labels.isEmpty {
            let rest = labels.replacing(label, with: "L")
            guard rest.split(separator: ",", omittingEmptySubsequences: false).allSatisfy({ $0 == "L" }) else {
                return false
            }
        }
        let name = String(match.1)
        let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
        guard types[name] != nil || base.flatMap({ types[$0] }) == "histogram" else { return false }
        return samples.updateValue(value, forKey: name + (match.2.map(String.init) ?? "")) == nil
    }
}
