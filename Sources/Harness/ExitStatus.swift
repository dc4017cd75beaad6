/// How a process ended. A plain number stands for an exit with that status: `#expect(status == 0)`.
public enum ExitStatus: Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// It ended by itself, with a status from 0 to 255.
    case exited(Int32)
    /// A signal ended it, such as 9 for SIGKILL.
    case signalled(Int32)

    /// An exit with that status.
    public init(integerLiteral status: Int32) {
        self = .exited(status)
    }

    /// Reads what `waitpid` gives. (The C macros for it do not come through to Swift.)
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
    }

    /// `exit status 1` or `signal 9`.
    public var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}
