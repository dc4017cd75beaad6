import Course
import Lessons
import Testing

/// One lesson after the other: much of some is measured in seconds, and a busy machine would blur it.
@Suite("The lessons of the course", .serialized)
struct LessonTests {
    @Test("What a lesson says comes true, and its page shows no token that could be used", arguments: Lesson.allCases)
    func comesTrue(_ lesson: Lesson) async throws {
        let (outcomes, site) = await pages(of: [lesson])
        let outcome = try #require(outcomes.first)
        #expect(outcome.held > 0)
        for failure in outcome.failures { Issue.record("\(lesson.rawValue): \(failure)") }

        let page = try #require(site.files["\(lesson.rawValue).html"])
        #expect(page.contains("<svg"))
        #expect(page.firstMatch(of: /eyJ[\w\-]+\.eyJ[\w\-]+\.[\w\-]/) == nil)
    }
}

/// Runs lessons, and makes pages of what happened.
func pages(of lessons: [Lesson]) async -> (outcomes: [Outcome], site: Site) {
    var events: [Lesson: [Event]] = [:]
    let outcomes = await Course.run(lessons, hear: { events[$0, default: []].append($1) })
    return (outcomes, Site(outcomes.map { Site.Chapter($0, events: events[$0.lesson] ?? []) }))
}
