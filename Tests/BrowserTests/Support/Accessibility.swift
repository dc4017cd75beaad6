import Browser
import Foundation
import Harness
import Testing

extension Chromium {
    /// What axe-core finds on the page in front that keeps people from using it: the rule, and the elements.
    func accessibilityViolations() async throws -> [String] {
        if try await execute("return typeof axe") == "undefined" { try await execute(try axeSource.get()) }
        // Rules that need a look by a person are no violations, and so not listed.
        let found = try await execute(
            """
            return axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(rule =>
                rule.id + ': ' + rule.help + ': ' + rule.nodes.map(node => node.target.join(' ')).join(', ')));
            """)
        return try #require(found.array).compactMap(\.string)
    }
}

/// Read once: it is long.
private let axeSource = Result {
    let file = InBrowser.built("axe/axe.min.js")
    guard let source = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw HarnessError.misuse("there is no \(file); 'scripts/test' fetches it")
    }
    return source
}
