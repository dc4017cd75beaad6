import Curl
import Foundation
import Harness
import Testing

/// A dashboard that asks for a metric or a label that no server has shows nothing, and nobody learns why.
@Suite("The dashboard of compose/")
struct DashboardTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("compose/grafana/dashboard.json")

    @Test("Every metric and label that its queries name is one that the servers show", arguments: Direction.allCases)
    func metrics(_ direction: Direction) async throws {
        let dashboard = try #require(JSONValue(Array(Data(contentsOf: Self.file))))
        let queries = try #require(dashboard["panels"]?.array).flatMap { panel in
            (panel["targets"]?.array ?? []).compactMap { $0["expr"]?.string }
        }
        #expect(queries.count >= 10)
        try await onStage(direction) { stage in
            let shown = try await series(of: stage)
            for query in queries {
                // Prometheus itself names where a sample comes from, and compose/prometheus.yml the kind of server.
                let by = query.firstMatch(of: /by \(([a-z_, ]+)\)/)?.1.split(separator: /, ?/).map(String.init) ?? []
                for match in query.matches(of: /((?:sso|http)_[a-z_]+)(?:\{([a-z_]+)[!=])?/) {
                    let labels =
                        by.filter { !["instance", "server"].contains($0) } + (match.2.map { [String($0)] } ?? [])
                    #expect(
                        shown.contains { name, those in name == match.1 && those.isSuperset(of: labels) },
                        "\(match.1) with \(labels) in \(query)")
                }
            }
        }
    }

    /// The names of all samples and of their labels, when everything that is counted has happened once.
    private func series(of stage: Stage) async throws -> [(name: String, labels: Set<String>)] {
        let browser = try await stage.signedInBrowser()
        browser.dropCookie(named: "sso_access")
        #expect(try await browser.get(stage.here, "/").status == 200)
        let program = try await stage.signedInProgram("anna")
        #expect(try await program.refresh(at: stage.here).status == 200)
        program.use(token: "no token")
        #expect(try await program.get(stage.here, "/api/me").status == 401)
        let long = "/" + String(repeating: "a", count: 20_000)
        #expect(try await program.get(stage.here, long).status == 414)
        let page = try #require(PrometheusPage(try await browser.get(stage.here, "/metrics").response.text))
        return page.samples.keys.map { series in
            let parts = series.split(separator: "{", maxSplits: 1)
            let labels = parts.count < 2 ? [] : parts[1].matches(of: /([a-z_]+)="/).map { String($0.1) }
            return (String(parts[0]), Set(labels))
        }
    }
}
