import Foundation

/// Why the harness could not do what it was asked: a fault of the set-up, not an answer of a server.
public enum HarnessError: Error, Sendable, CustomStringConvertible {
    /// A system call failed; `code` is its `errno`.
    case system(call: String, code: Int32)
    /// A server ended, or said nothing, before its ready line. `log` is the end of its standard error.
    case serverDidNotStart(name: String, reason: String, log: String)
    /// A command ended otherwise than with status 0 where it had to.
    case commandFailed(command: String, status: ExitStatus, standardError: String)
    /// Something did not happen in time.
    case timedOut(what: String, after: Duration)
    /// The harness was used in a way that makes no sense.
    case misuse(String)

    /// A lowercase cause and, where there is one, a hint.
    public var description: String {
        switch self {
        case .system(let call, let code):
            "\(call): \(String(cString: strerror(code)))"
                + (code == ENOENT ? "; build the executables first with 'swift build'" : "")
        case .serverDidNotStart(let name, let reason, let log):
            "\(name) did not start: \(reason)" + (log.isEmpty ? "" : "; it logged:\n\(log)")
        case .commandFailed(let command, let status, let standardError):
            "'\(command)' ended with \(status): \(standardError)"
        case .timedOut(let what, let after):
            "timed out after \(after) waiting until \(what)"
        case .misuse(let message):
            message
        }
    }
}
