import Lessons
import Testing

@Suite("The lessons' texts")
struct TextTests {
    @Test("Names and titles are unique, and fit for an address")
    func names() {
        #expect(Set(Lesson.allCases.map(\.rawValue)).count == Lesson.allCases.count)
        #expect(Set(Lesson.allCases.map(\.text.title)).count == Lesson.allCases.count)
        #expect(Lesson.allCases.map(\.number) == Array(1...Lesson.allCases.count))
        for lesson in Lesson.allCases { #expect(lesson.rawValue.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil) }
    }

    @Test("Each has an idea of two sentences, a reason, and something to try", arguments: Lesson.allCases)
    func parts(_ lesson: Lesson) {
        let sentences = lesson.text.idea.split(separator: /\.(\s|$)/)
        #expect(sentences.count == 2, "\(lesson.text.idea)")
        #expect(lesson.text.explanation.count >= 2)
        #expect(!lesson.text.next.isEmpty)
    }

    @Test("A lesson that is named as the next one exists", arguments: Lesson.allCases)
    func next(_ lesson: Lesson) {
        for command in lesson.text.next.compactMap(\.command) where command.hasPrefix("sso tour ") {
            #expect(Lesson(rawValue: String(command.dropFirst("sso tour ".count))) != nil, "\(command)")
        }
    }
}
