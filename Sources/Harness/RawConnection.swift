import Foundation

/// A bare TCP connection to a server on this machine: for what no HTTP client would send, or leave unread.
///
/// Nothing here waits for ever: reading and writing end after ``patience``.
public final class RawConnection: Sendable {
    /// How many seconds one read or write may take.
    public static let patience = 30
    /// `POLLRDHUP` of Linux's `poll.h`, which glibc hides without `_GNU_SOURCE`.
    private static let peerHasClosed: Int16 = 0x2000
    private let descriptor: Int32

    /// Connects.
    ///
    /// - Parameter source: the address of this machine to connect from, such as `127.0.0.2`; nil leaves it to the system.
    /// - Throws: ``HarnessError/system(call:code:)``.
    public init(to port: Int, from source: String? = nil) throws(HarnessError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
        var time = timeval(tv_sec: Self.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        if let source { try Self.use(source, 0, "bind", descriptor, Glibc.bind) }
        try Self.use("127.0.0.1", port, "connect", descriptor, Glibc.connect)
    }

    deinit { close(descriptor) }

    private static func use(
        _ address: String, _ port: Int, _ call: String, _ descriptor: Int32,
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) throws(HarnessError) {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        let result = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw .system(call: "\(call) \(address)", code: errno) }
    }

    /// Sends text as it is.
    ///
    /// - Returns: whether all of it was taken: false once the other end has closed the connection.
    @discardableResult
    public func send(_ text: String) async -> Bool {
        await inThread { self.sendAll(text) }
    }

    private func sendAll(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends as much of a text as is taken without waiting, and gives how many bytes those were.
    public func sendWithoutWaiting(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return bytes.withUnsafeBytes { max(0, Glibc.send(descriptor, $0.baseAddress, $0.count, flags)) }
    }

    /// Reads until the other end closes the connection, or patience ends.
    ///
    /// - Returns: what came, and whether the connection was closed.
    public func readToEnd() async -> (text: String, isClosed: Bool) {
        await inThread { self.read { _ in false } }
    }

    /// Reads until a text has come; nil if the connection was closed before, or patience ended.
    public func read(until mark: String) async -> String? {
        let (text, _) = await inThread { self.read { $0.contains(mark) } }
        return text.contains(mark) ? text : nil
    }

    private func read(until isEnough: (String) -> Bool) -> (text: String, isClosed: Bool) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                bytes += buffer[..<count]
                let text = String(decoding: bytes, as: UTF8.self)
                if isEnough(text) { return (text, false) }
            } else if count == 0 || errno != EINTR {
                let isClosed = count == 0 || errno == ECONNRESET
                return (String(decoding: bytes, as: UTF8.self), isClosed)
            }
        }
    }

    /// Waits in a thread of its own, as none of Swift's few threads may wait for the network.
    private func inThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    /// Whether the other end has closed the connection, as far as can be seen now. What has come is left unread.
    public var isClosed: Bool {
        var descriptors = pollfd(fd: descriptor, events: Self.peerHasClosed, revents: 0)
        return poll(&descriptors, 1, 0) == 1
    }
}

extension RawConnection {
    /// Posts JSON to a server from an address of this machine's choice, on a connection of its own.
    ///
    /// - Returns: the whole answer; as much of it as came, if the connection broke.
    public static func post(
        _ path: String, json: String, to server: ServerProcess, from source: String
    ) async throws(HarnessError) -> String {
        let connection = try RawConnection(to: server.port, from: source)
        await connection.send(
            "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)")
        return await connection.readToEnd().text
    }
}
