import Foundation
import Lessons

/// The course as a folder of pages that open from a file: an index, a page for each lesson, one stylesheet. No scripts,
/// and nothing that is loaded from elsewhere.
public struct Site: Sendable {
    /// A lesson that was run.
    public struct Chapter: Sendable {
        let outcome: Outcome
        let events: [Event]

        /// What came of a lesson, and what happened in it.
        public init(_ outcome: Outcome, events: [Event]) {
            self.outcome = outcome
            self.events = events
        }

        var lesson: Lesson { outcome.lesson }
    }

    private let chapters: [Chapter]

    /// A site of these lessons, in this order.
    public init(_ chapters: [Chapter]) {
        self.chapters = chapters
    }

    /// Writes the pages, over those of an earlier run.
    ///
    /// - Parameter folder: made where it is missing.
    /// - Throws: an error of Foundation's if a page cannot be written.
    public func write(to folder: String) throws {
        let folder = URL(fileURLWithPath: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
    }

    /// The files by name, each with its text.
    public var files: [String: String] {
        var files = ["style.css": stylesheet, "index.html": index.description]
        for (place, chapter) in chapters.enumerated() {
            let before = place > 0 ? chapters[place - 1].lesson : nil
            let after = place + 1 < chapters.count ? chapters[place + 1].lesson : nil
            files["\(chapter.lesson.rawValue).html"] =
                LessonPage(chapter: chapter, before: before, after: after).html.description
        }
        return files
    }

    private var index: HTML {
        let entries = chapters.map { chapter -> HTML in
            let lesson = chapter.lesson
            return """
                <li value="\(lesson.number)">
                <h2><a href="\(lesson.rawValue).html">\(lesson.text.title)</a></h2>
                <p>\(lesson.text.idea)</p>
                <p class="verdict">\(verdict(chapter.outcome))</p>
                </li>
                """
        }
        return page(
            title: "Single sign-on, a course that runs",
            body: """
                <header><h1>Single sign-on, a course that runs</h1>
                <p>Two servers, bank and retirement, accept each other’s tokens. In each lesson visitors used a real \
                cluster, and every diagram and exchange here is of what really happened.</p></header>
                <main><ol class="lessons">
                \(entries)
                </ol></main>
                """)
    }
}

/// How many of a lesson's expectations held.
func verdict(_ outcome: Outcome) -> HTML {
    let all = outcome.held + outcome.failures.count
    return outcome.failures.isEmpty
        ? "<span class=\"good\">✓</span> all \(all) expectations held"
        : "<span class=\"bad\">✗</span> \(outcome.held) of \(all) expectations held"
}

/// A whole page.
func page(title: String, body: HTML) -> HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title)</title>
    <link rel="stylesheet" href="style.css">
    </head>
    <body>
    \(body)
    </body>
    </html>

    """
}
