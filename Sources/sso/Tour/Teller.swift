import Course
import Lessons

/// Tells the course in the terminal, lesson by lesson.
final class Teller {
    private let printer: EventPrinter
    private var waits: Bool
    private var current: Lesson?

    /// - Parameter waits: whether to wait for Enter before each step.
    init(printer: EventPrinter, waits: Bool) {
        self.printer = printer
        self.waits = waits
    }

    func hear(_ lesson: Lesson, _ event: Event) {
        if lesson != current { begin(lesson) }
        if case .said = event { waitForEnter() }
        printer.print(event)
    }

    func finish(_ outcome: Outcome) {
        waitForEnter()
        printer.heading("Why")
        for (index, paragraph) in outcome.lesson.text.explanation.enumerated() {
            if index > 0 { printer.gap() }
            printer.indented(paragraph)
        }
        printer.heading("Try next")
        for suggestion in outcome.lesson.text.next {
            printer.indented(suggestion.sentence)
            if let command = suggestion.command { printer.command(command) }
        }
        printer.verdict(held: outcome.held, of: outcome.held + outcome.failures.count)
    }

    private func begin(_ lesson: Lesson) {
        current = lesson
        printer.title("\(lesson.number) of \(Lesson.allCases.count) · \(lesson.text.title)")
        printer.say(lesson.text.idea)
    }

    /// Blocks: nothing is to be printed in the meantime. The lessons run on, in their own tasks.
    private func waitForEnter() {
        guard waits else { return }
        printer.prompt("… Enter goes on")
        // At the end of input nobody can press it any more.
        if readLine() == nil { waits = false }
    }
}

/// Keeps what happens in each lesson.
final class EventRecord {
    private var events: [Lesson: [Event]] = [:]

    func hear(_ lesson: Lesson, _ event: Event) {
        events[lesson, default: []].append(event)
    }

    func events(of lesson: Lesson) -> [Event] { events[lesson] ?? [] }
}
