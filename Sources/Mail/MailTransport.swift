import Foundation
import Synchronization

/// A way for mails to leave.
public protocol MailTransport: Sendable {
    /// Hands a mail over. It blocks until that is done: call it in a thread that may wait.
    ///
    /// - Throws: ``MailError``; the mail may then be sent again.
    func send(_ message: Message) throws(MailError)
}

extension MailTransport {
    /// Hands a mail over in a thread of its own, so that no event loop waits for a mail server or a disk.
    ///
    /// - Throws: ``MailError``, also when the task is cancelled: then nobody knows whether the mail has left.
    public func sendInThread(_ message: Message) async throws(MailError) {
        let end = End()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                end.await(continuation)
                Thread.detachNewThread {
                    do throws(MailError) {
                        end.come(.success(try send(message)))
                    } catch {
                        end.come(.failure(error))
                    }
                }
            }
        } onCancel: {
            end.come(.failure(MailError("the server was stopped before the mail was taken")))
        }
        try result.get()
    }
}

/// How it ended, told once: by the thread, or by being cancelled before that.
private final class End: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<Void, MailError>, Never>)
        case come(Result<Void, MailError>)
    }

    private let state = Mutex(State.open)

    func await(_ continuation: CheckedContinuation<Result<Void, MailError>, Never>) {
        let result: Result<Void, MailError>? = state.withLock { state in
            if case .come(let result) = state { return result }
            state = .awaited(continuation)
            return nil
        }
        if let result { continuation.resume(returning: result) }
    }

    func come(_ result: Result<Void, MailError>) {
        let continuation: CheckedContinuation<Result<Void, MailError>, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .come(result)
                return nil
            case .awaited(let continuation):
                state = .come(result)
                return continuation
            case .come: return nil
            }
        }
        continuation?.resume(returning: result)
    }
}

/// Why a mail did not leave. It names neither recipient nor content, so it may be logged.
public struct MailError: Error, Equatable, CustomStringConvertible {
    /// The cause, as a lower-case sentence part.
    public let description: String

    /// A cause.
    public init(_ description: String) {
        self.description = description
    }
}
