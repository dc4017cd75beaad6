import History
import Synchronization

/// The history so far, and what was counted.
final class Record: Sendable {
    private struct State {
        var events: [Event] = []
        var silences: [Silence] = []
        var figures = Figures()
        var stepsDone = 0
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Nanoseconds since the record was begun.
    var now: Int { Int((ContinuousClock.now - start) / .nanoseconds(1)) }

    func add(_ event: Event) {
        state.withLock { state in
            state.events.append(event)
            state.figures.count(event)
        }
    }

    func add(_ silence: Silence) { state.withLock { $0.silences.append(silence) } }

    func foundServerDown() { state.withLock { $0.figures.serverDown += 1 } }

    func count(_ change: (inout Figures) -> Void) { state.withLock { change(&$0.figures) } }

    /// One step of the plan is done.
    func stepDone() { state.withLock { $0.stepsDone += 1 } }

    var stepsDone: Int { state.withLock { $0.stepsDone } }
    var events: [Event] { state.withLock { $0.events } }
    var silences: [Silence] { state.withLock { $0.silences } }
    var figures: Figures { state.withLock { $0.figures } }
}
