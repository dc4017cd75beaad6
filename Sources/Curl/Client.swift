import Foundation
import Synchronization

/// One HTTP client: its connections, which are kept between calls, and its cookies.
///
/// One caller at a time: a second one waits for the first. Use one client for each person or program that is acted.
public final class Client: Sendable {
    /// How a client behaves; the same for all its requests.
    public struct Options: Sendable {
        /// Whether cookies are kept and sent, as a browser does. libcurl ignores `SameSite`.
        public var cookies = false
        /// Whether redirects are followed.
        public var followRedirects = false
        /// The longest time for a connection to stand; whole milliseconds count.
        public var connectTimeout: Duration = .seconds(5)
        /// The longest time for a whole transfer; whole milliseconds count.
        public var timeout: Duration = .seconds(30)
        /// Addresses of names that no server knows, each as `host:port:address`.
        public var resolve: [String] = []
        /// A file of certificates (PEM) that may sign a server's; nil takes the system's.
        public var certificateAuthorities: String?

        /// The defaults: no cookies, no redirects, 5 seconds to connect, 30 in all.
        public init() {}
    }

    /// What was chosen when the client was made.
    public let options: Options
    private let handle: Mutex<EasyHandle>

    /// Makes a client; it connects when it first sends.
    public init(_ options: Options = .init()) {
        self.options = options
        handle = Mutex(EasyHandle(cookies: options.cookies))
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// libcurl blocks, so each transfer has a thread of its own: hundreds may run at once,
    /// and none of Swift's few cooperative threads ever waits for the network.
    ///
    /// - Throws: ``CurlError`` if there is no complete answer.
    public func send(_ request: Request) async throws(CurlError) -> Exchange {
        let result: Result<Exchange, CurlError> = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.perform(request)) }
        }
        return try result.get()
    }

    private func perform(_ request: Request) -> Result<Exchange, CurlError> {
        handle.withLock { handle in
            do throws(CurlError) {
                return .success(try handle.perform(request, options: options))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Works on the handle between transfers; waits for one that is under way.
    func withHandle<Value: Sendable>(_ body: (borrowing EasyHandle) -> Value) -> Value {
        handle.withLock { body($0) }
    }
}
