import CCurl

/// Why a transfer brought no answer. An answer with status 500 is an answer, not an error.
public enum CurlError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nobody listens there, or the name has no address.
    case couldNotConnect(String)
    /// The connect timeout or the total timeout passed.
    case timedOut(String)
    /// Anything else, with libcurl's `CURLcode`.
    case other(code: Int, message: String)

    /// A lowercase cause, followed by libcurl's own words.
    public var description: String {
        switch self {
        case .couldNotConnect(let message): "could not connect: \(message)"
        case .timedOut(let message): "timed out: \(message)"
        case .other(let code, let message): "transfer failed (curl error \(code)): \(message)"
        }
    }

    init(_ code: CURLcode, message: String = "") {
        let message = message.isEmpty ? String(cString: curl_easy_strerror(code)) : message
        switch code {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: self = .couldNotConnect(message)
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut(message)
        default: self = .other(code: Int(code.rawValue), message: message)
        }
    }

    /// A request that would be sent as something else than it says.
    static func badRequest(_ message: String) -> CurlError {
        CurlError(CURLE_BAD_FUNCTION_ARGUMENT, message: message)
    }
}
