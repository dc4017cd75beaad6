import Course
import Lessons
import Testing

/// One lesson after the other: much of some is measured in seconds, and a busy machine would blur it.
@Suite("The lessons of the course", .serialized)
struct LessonTests {
    @Test("What a lesson says comes true", arguments: Lesson.allCases)
    func comesTrue(_ lesson: Lesson) async {
        let outcomes = await Course.run([lesson])
        #expect(outcomes.count == 1)
        for outcome in outcomes {
            #expect(outcome.held > 0)
            for failure in outcome.failures { Issue.record("\(lesson.rawValue): \(failure)") }
        }
    }
}
