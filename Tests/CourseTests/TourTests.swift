import Foundation
import Harness
import Lessons
import Testing

@Suite("sso tour")
struct TourTests {
    @Test("--list names every lesson and says its idea")
    func list() async throws {
        let result = try await run("sso", ["tour", "--list"])
        #expect(result.status == 0)
        for lesson in Lesson.allCases {
            #expect(result.standardOutput.contains("\(lesson.number) \(lesson.rawValue): \(lesson.text.title)\n"))
        }
    }

    @Test("A lesson is told from its idea to what to try next, in plain text where there is no terminal")
    func oneLesson() async throws {
        let result = try await run("sso", ["tour", "known-at-both"])
        #expect(result.status == 0)
        let text = result.standardOutput
        for part in [
            "1 of \(Lesson.allCases.count) · ", "laptop: POST /login", "✓ ", "\nWhy\n", "\nTry next\n", "Summary",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("\u{1B}"))
        #expect(text.firstMatch(of: /eyJ[\w\-]+\.eyJ/) == nil, "no token is shown")
    }

    @Test("An unknown lesson, and --step without a terminal, are refused with a hint")
    func refused() async throws {
        for (arguments, word) in [(["tour", "nonsense"], "nonsense"), (["tour", "--step"], "terminal")] {
            let result = try await run("sso", arguments)
            #expect(result.status == 64)
            #expect(result.standardOutput == "")
            #expect(result.standardError.hasPrefix("sso: "))
            #expect(result.standardError.contains(word))
            #expect(result.standardError.contains("\nhint: "))
        }
    }

    @Test("--html writes the pages into a folder")
    func html() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-tour-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await run("sso", ["tour", "what-is-in-a-token", "--html", folder.path])
        #expect(result.status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["index.html", "style.css", "what-is-in-a-token.html"])
    }
}
