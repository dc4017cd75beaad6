import ArgumentParser
import Foundation
import Testing

@testable import SSOServer

/// What can be checked of the guides without reading them. That their links resolve, docc says: see `.ci/run`.
@Suite("The guides")
struct GuideTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    private static let catalogue = sources.appendingPathComponent("SSOServer/Guides.docc")
    private static let names = [
        "HowItWorks", "TheTwoTokens", "TheCount", "RevocationFeed", "RefreshRotation", "ForgottenPassword",
        "SessionsAgainstTokens",
        "TheCookiesJourney", "TheLimits",
    ]

    private static func text(_ file: String, in folder: URL = catalogue) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    }

    @Test("Each is in the list of all, and in the README", arguments: names)
    func listed(_ name: String) throws {
        #expect(try Self.text("Guides.md").contains("- <doc:\(name)>"))
        let root = Self.sources.deletingLastPathComponent()
        #expect(try Self.text("README.md", in: root).contains("(Sources/SSOServer/Guides.docc/\(name).md)"))
    }

    @Test("Each has one picture: text, in light and dark, with a title, that runs and loads nothing", arguments: names)
    func picture(_ name: String) throws {
        let pictures = try Self.text("\(name).md").matches(of: /!\[[^\]]{40,}\]\(([a-z-]+\.svg)\)/)
        try #require(pictures.count == 1)
        let svg = try Self.text(String(pictures[0].1))
        #expect(svg.contains("<title id=\"t\">") && svg.contains("<desc id=\"d\">") && svg.contains("<text "))
        #expect(svg.contains("@media (prefers-color-scheme: dark)"))
        #expect(!svg.contains("<script") && !svg.contains("href") && !svg.contains("url("))
    }

    @Test("The flags that they name are the servers'", arguments: names)
    func flags(_ name: String) throws {
        let help = ServerOptions.helpMessage()
        for flag in try Self.text("\(name).md").matches(of: /(?:`|bank |server )(--[a-z-]+)/) {
            #expect(help.contains("\(flag.1) ") || help.contains("\(flag.1)\n"), "\(flag.1)")
        }
    }

    @Test("The lessons that they name are in the course, and each names one", arguments: names)
    func lessons(_ name: String) throws {
        let course = try Self.text("Lessons/Lesson.swift", in: Self.sources)
        let lessons = try Self.text("\(name).md").matches(of: /sso tour ([a-z-]+)/)
        #expect(!lessons.isEmpty)
        for lesson in lessons { #expect(course.contains("= \"\(lesson.1)\""), "\(lesson.1)") }
        // The list of all names the same ones.
        for lesson in lessons { #expect(try Self.text("Guides.md").contains("`\(lesson.1)`"), "\(lesson.1)") }
    }
}
