import Curl
import Foundation
public import Harness
import Synchronization

/// A story that is told while it happens: what visitors did, what came back, and whether that had to come.
///
/// It only tells; how it is shown is its listener's business.
public final class Story: Sendable {
    private let listener: @Sendable (Event) -> Void
    private let state = Mutex(State())

    private struct State {
        var lastAnswer: Exchange?
        var held = 0
        var all = 0
    }

    /// A story.
    ///
    /// - Parameter listener: is given every event, in order, as soon as it happens.
    public init(listener: @escaping @Sendable (Event) -> Void) {
        self.listener = listener
    }

    /// How many expectations there were so far, and how many of them held.
    public var expectations: (held: Int, all: Int) { state.withLock { ($0.held, $0.all) } }

    /// Says what comes next.
    public func say(_ sentence: String) {
        listener(.said(sentence))
    }

    /// Says what had to be so.
    ///
    /// - Parameter seen: what was seen instead; by default the last answer in short.
    public func expect(_ sentence: String, _ holds: Bool, seen: String? = nil) {
        let lastAnswer = state.withLock { state in
            state.all += 1
            if holds { state.held += 1 }
            return state.lastAnswer
        }
        let seen = seen ?? lastAnswer.map(summary) ?? "no answer"
        listener(.expected(Expectation(sentence: sentence, holds: holds, seen: seen)))
    }

    /// Shows bytes or texts.
    public func list(_ title: String, _ lines: [String]) {
        listener(.listed(title: title, lines: lines))
    }

    /// Shows figures.
    public func tabulate(_ table: Table) {
        listener(.tabulated(table))
    }

    /// Says that the story could not go on.
    public func breakOff(_ error: any Error) {
        listener(.brokeOff("\(error)"))
    }

    /// Runs `sso` as an operator does, and shows what it printed.
    ///
    /// - Throws: `HarnessError` if it cannot be run.
    @discardableResult
    public func sso(_ arguments: String...) async throws -> RunResult {
        try await run("sso", arguments)
    }

    /// Runs one of the executables, and shows what it printed. Of paths, only the last part is shown.
    @discardableResult
    func run(_ executable: String, _ arguments: [String]) async throws -> RunResult {
        let result = try await Harness.run(executable, arguments)
        let shown = arguments.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let output = (result.standardOutput + result.standardError).trimmingCharacters(in: .newlines)
        listener(.ran(command: ([executable] + shown).joined(separator: " "), output: output))
        return result
    }

    /// Somebody with a browser, whose exchanges are part of the story.
    public func browser(_ name: String) -> Participant {
        Participant(visitor: .browser(named: name), story: self)
    }

    /// A program, whose exchanges are part of the story.
    public func program(_ name: String) -> Participant {
        Participant(visitor: .program(named: name), story: self)
    }

    func show(_ exchange: Exchange, by visitor: Visitor, at server: ServerProcess) {
        state.withLock { $0.lastAnswer = exchange }
        listener(.answered(Encounter(visitor: visitor.name, server: server.name, exchange: exchange)))
    }

    func showSilence(_ request: String, by visitor: Visitor, at server: ServerProcess, _ error: CurlError) {
        listener(
            .unanswered(visitor: visitor.name, server: server.name, request: request, reason: error.description))
    }
}

/// An answer in short: what an expectation is about, and never a token.
private func summary(_ exchange: Exchange) -> String {
    var parts = ["\(exchange.status)"]
    if let code = exchange.json("code") { parts.append(code) }
    if let timing = exchange.serverTiming { parts.append("auth \(timing.auth), db \(timing.db)") }
    if !exchange.setCookies.isEmpty {
        parts.append("sets " + exchange.setCookies.map(\.name).joined(separator: " and "))
    }
    if let location = exchange.header("Location") { parts.append("to \(location)") }
    return parts.joined(separator: ", ")
}
