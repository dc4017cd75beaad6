import Foundation
import Testing

/// The article on security promises tests. They must be there, under the names that it gives.
@Suite("The article on security")
struct SecurityArticleTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The rows of its table: attack, defence, tests.
    private func rows() throws -> [[String]] {
        try Self.text("Sources/SSOServer/Guides.docc/Security.md").split(separator: "\n")
            .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") && !$0.hasPrefix("| attack ") }
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    @Test("Each attack has a defence, and a test that exists under the name that is given")
    func tests() throws {
        let rows = try rows()
        #expect(rows.count > 20)
        for row in rows {
            try #require(row.count == 3, "\(row)")
            let tests = row[2].matches(of: /`([A-Za-z]+\/[A-Za-z0-9]+Tests)` “([^”]+)”/)
            #expect(!tests.isEmpty && tests.count == row[2].filter { $0 == "“" }.count, "\(row[0])")
            for test in tests {
                let source = try Self.text("Tests/\(test.1).swift")
                let place = source.firstRange(of: "\"\(test.2)\"")
                let before = place.map { source[..<$0.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines) }
                #expect(before?.hasSuffix("@Test(") == true, "\(test.1): \(test.2)")
            }
        }
    }

    @Test("The guides and the README lead to it")
    func linked() throws {
        #expect(try Self.text("Sources/SSOServer/Guides.docc/Guides.md").contains("- <doc:Security>"))
        #expect(try Self.text("README.md").contains("(Sources/SSOServer/Guides.docc/Security.md)"))
    }
}
