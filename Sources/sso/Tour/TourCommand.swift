import ArgumentParser
import Course
import Foundation
import Harness
import Lessons

struct TourCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tour",
        abstract: "Take the course: lessons that run against real servers, and check themselves.",
        discussion: """
            Each lesson starts a cluster of its own and lets visitors use it. Several run at a time, ahead of what is \
            printed, so that no token expires while you read. It ends with 0 if everything was as the lessons say, \
            else with 1.
            """)

    @Argument(help: "The lessons to run, by name; without any, all of them.") var lessons: [String] = []
    @Flag(help: "List the lessons and what each is about.") var list = false
    @Flag(help: "Wait for Enter before each step.") var step = false
    @Option(help: "Write a page for each lesson, and an index, into this folder.") var html: String?

    func run() async throws {
        let lessons = try chosen()
        let printer = EventPrinter()
        if list {
            for lesson in lessons {
                printer.heading("\(lesson.number) \(lesson.rawValue): \(lesson.text.title)")
                printer.indented(lesson.text.idea)
            }
            return
        }
        if step {
            guard isatty(STDIN_FILENO) == 1 else {
                throw Failure(
                    "--step waits for Enter, but standard input is no terminal",
                    hint: "call it in a terminal, or without --step", code: ExitCode.validationFailure.rawValue)
            }
            guard html == nil else {
                throw Failure(
                    "--step and --html exclude each other", hint: "give one of them",
                    code: ExitCode.validationFailure.rawValue)
            }
        }
        let outcomes =
            if let html { try await write(html, lessons, printer) } else { await tell(lessons, printer) }
        guard outcomes.allSatisfy(\.failures.isEmpty) else { throw ExitCode(Failure.refused) }
    }

    private func chosen() throws -> [Lesson] {
        var chosen: [Lesson] = []
        for name in lessons {
            guard let lesson = Lesson.allCases.first(where: { $0.rawValue == name }) else {
                throw Failure(
                    "there is no lesson '\(name)'", hint: "'sso tour --list' names them",
                    code: ExitCode.validationFailure.rawValue)
            }
            if !chosen.contains(lesson) { chosen.append(lesson) }
        }
        return chosen.isEmpty ? Lesson.allCases : chosen
    }

    /// Tells the lessons in the terminal.
    private func tell(_ lessons: [Lesson], _ printer: EventPrinter) async -> [Outcome] {
        let start = ContinuousClock.now
        let teller = Teller(printer: printer, waits: step)
        let outcomes = await Course.run(lessons, hear: teller.hear, finish: teller.finish)
        summarize(outcomes, since: start, printer)
        return outcomes
    }

    /// Runs the lessons, and writes what happened as a site.
    private func write(_ folder: String, _ lessons: [Lesson], _ printer: EventPrinter) async throws -> [Outcome] {
        let start = ContinuousClock.now
        printer.say("Running \(lessons.count == 1 ? "the lesson" : "\(lessons.count) lessons") …")
        let record = EventRecord()
        let outcomes = await Course.run(lessons, hear: record.hear)
        let site = Site(outcomes.map { Site.Chapter($0, events: record.events(of: $0.lesson)) })
        do {
            try site.write(to: folder)
        } catch {
            throw Failure(
                "the pages cannot be written: \(error.localizedDescription)", hint: "name a folder that you can write")
        }
        summarize(outcomes, since: start, printer)
        printer.say("Open \(URL(fileURLWithPath: folder).appendingPathComponent("index.html").path)")
        return outcomes
    }

    private func summarize(_ outcomes: [Outcome], since start: ContinuousClock.Instant, _ printer: EventPrinter) {
        printer.title("Summary")
        for outcome in outcomes { printer.line(of: outcome) }
        let held = outcomes.map(\.held).reduce(0, +)
        printer.verdict(held: held, of: held + outcomes.map(\.failures.count).reduce(0, +))
        printer.indented("It took \(seconds(ContinuousClock.now - start)).")
    }
}

extension EventPrinter {
    fileprivate func line(of outcome: Outcome) {
        let all = outcome.held + outcome.failures.count
        let mark = outcome.failures.isEmpty ? style("32", "✓") : style("31", "✗")
        let figures = "\(outcome.held) of \(all) held, in \(seconds(outcome.duration))"
        show("  \(mark) \(outcome.lesson.number) \(outcome.lesson.text.title): \(figures)")
    }
}

/// A time in seconds, with one decimal.
func seconds(_ duration: Duration) -> String {
    String(format: "%.1f s", duration / .seconds(1))
}
