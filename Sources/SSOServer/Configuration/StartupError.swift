/// Why a server does not start, or does not go on: the cause, what to do about it, and the exit code that goes with it.
struct StartupError: Error, Equatable {
    /// Exit codes of sysexits.h.
    enum Code: Int32 {
        /// A flag is wrong.
        case usage = 64
        /// Something failed while the server ran.
        case software = 70
        /// The configuration is wrong: a variable, a file, a database, an address.
        case configuration = 78
    }

    let code: Code
    /// One line in lower case.
    let cause: String
    /// One line that says what to do.
    let hint: String

    static func configuration(_ cause: String, hint: String) -> StartupError {
        StartupError(code: .configuration, cause: cause, hint: hint)
    }
}
