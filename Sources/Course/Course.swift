public import Lessons

/// The course: lessons that run several at a time, and are told one after the other.
public enum Course {
    /// Runs lessons and hands on what happens in them, in the order of the lessons.
    ///
    /// Several run at a time, because much of some lessons is waiting for a token to expire; what happens in a later
    /// one is kept until its turn. So a listener may take its time, and no token expires under it.
    ///
    /// - Parameters:
    ///   - atOnce: how many run at a time, at least 1.
    ///   - hear: is given each lesson's events. It may block.
    ///   - finish: is given what came of each lesson, after its last event.
    /// - Returns: what came of each, in the same order.
    public static func run(
        _ lessons: [Lesson], atOnce: Int = 4, hear: (Lesson, Event) -> Void = { _, _ in },
        finish: (Outcome) -> Void = { _ in }
    ) async -> [Outcome] {
        let runs = lessons.map(Run.init)
        var outcomes: [Outcome] = []
        await withTaskGroup(of: Void.self) { group in
            // Beside the loop below, which hears what they say as they say it.
            group.addTask { await perform(runs, atOnce: atOnce) }
            for run in runs {
                var outcome = Outcome(run.lesson)
                for await event in run.events {
                    outcome.add(event.event, at: event.time)
                    hear(run.lesson, event.event)
                }
                finish(outcome)
                outcomes.append(outcome)
            }
        }
        return outcomes
    }

    private static func perform(_ runs: [Run], atOnce: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, run) in runs.enumerated() {
                if index >= atOnce { await group.next() }
                // As many at a time as were asked for: the one before has made room.
                group.addTask { await run.perform() }
            }
        }
    }
}

/// What came of a lesson.
public struct Outcome: Sendable {
    /// The lesson.
    public let lesson: Lesson
    /// How many expectations held.
    public private(set) var held = 0
    /// The expectations that did not hold, and what was seen instead.
    public private(set) var failures: [String] = []
    /// How long the lesson took.
    public private(set) var duration = Duration.zero

    /// What came of a lesson in which this happened.
    public init(_ lesson: Lesson, of events: [Event] = []) {
        self.lesson = lesson
        for event in events { add(event, at: .zero) }
    }

    mutating func add(_ event: Event, at time: Duration) {
        duration = time
        switch event {
        case .expected(let expectation) where expectation.holds: held += 1
        case .expected(let expectation): failures.append("\(expectation.sentence): saw \(expectation.seen)")
        case .brokeOff(let reason): failures.append("broke off: \(reason)")
        case .said, .answered, .unanswered, .ran, .listed, .tabulated: break
        }
    }
}

/// An event, and when it happened, from the lesson's start.
struct TimedEvent: Sendable {
    let event: Event
    let time: Duration
}

/// One lesson, and the events that nobody has heard yet.
private struct Run {
    let lesson: Lesson
    let events: AsyncStream<TimedEvent>
    private let continuation: AsyncStream<TimedEvent>.Continuation

    init(_ lesson: Lesson) {
        self.lesson = lesson
        (events, continuation) = AsyncStream.makeStream()
    }

    func perform() async {
        let start = ContinuousClock.now
        let story = Story { [continuation] event in
            continuation.yield(TimedEvent(event: event, time: ContinuousClock.now - start))
        }
        do {
            try await lesson.tell(story)
        } catch {
            story.breakOff(error)
        }
        continuation.finish()
    }
}
