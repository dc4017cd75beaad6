import CLibpq
import Foundation

/// Finds out when hosts that were silent can be reached again, sooner than an attempt to connect would.
///
/// The kernel repeats an attempt after 1, 3 and 7 seconds, so whoever waits in one does not see that the way was open
/// before. Here a new attempt is made four times a second, the older ones are still listened to, and none is used for
/// anything but to see that somebody is there.
struct Knock {
    private static let interval = Duration.milliseconds(250)

    private let doors: [(host: String, port: String)]

    /// For these hosts and ports.
    init(doors: [(host: String, port: String)]) {
        self.doors = doors
    }

    /// The doors of all hosts that the URL of a connection names; nil if one of them is a Unix socket, or there is none.
    init?(of connection: OpaquePointer) {
        guard let options = PQconninfo(connection) else { return nil }
        defer { PQconninfoFree(options) }
        var values: [String: [String]] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
                    .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            option += 1
        }
        let hosts = zip(values["hostaddr"] ?? [], values["host"] ?? []).map { $0.isEmpty ? $1 : $0 }
        let ports = values["port"] ?? []
        let names = hosts.isEmpty ? values["hostaddr"] ?? values["host"] ?? [] : hosts
        guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("/") && !$0.hasPrefix("@") }) else {
            return nil
        }
        doors = names.enumerated().map { index, name in
            // One port is that of all hosts.
            let port = ports.count == names.count ? ports[index] : ports.first ?? ""
            return (name, port.isEmpty ? "5432" : port)
        }
    }

    /// Whether somebody answers in time, be it with a refusal. Blocks until then.
    func isAnswered(within limit: Duration) -> Bool {
        let end = ContinuousClock.now + limit
        var attempts: [pollfd] = []
        defer { for attempt in attempts { close(attempt.fd) } }
        while .now < end {
            for door in doors {
                guard let new = begin(at: door) else { return true }
                attempts += new
            }
            if hear(&attempts, until: min(end, .now + Self.interval)) { return true }
        }
        return false
    }

    /// Begins an attempt for each address; nil if one was refused at once.
    private func begin(at door: (host: String, port: String)) -> [pollfd]? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(door.host, door.port, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var attempts: [pollfd] = []
        var next = first
        while let address = next?.pointee {
            next = address.ai_next
            let kind = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            let descriptor = socket(address.ai_family, kind, address.ai_protocol)
            guard descriptor >= 0 else { continue }
            if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 || errno == EINPROGRESS {
                attempts.append(pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0))
                continue
            }
            let isRefused = errno == ECONNREFUSED
            close(descriptor)
            guard isRefused else { continue }
            for attempt in attempts { close(attempt.fd) }
            return nil
        }
        return attempts
    }

    /// Listens until then. Attempts that have failed for another reason than a refusal are given up.
    private func hear(_ attempts: inout [pollfd], until time: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: time) / .milliseconds(1)
            guard left > 0 else { return false }
            guard poll(&attempts, nfds_t(attempts.count), Int32(left.rounded(.up))) > 0 else { continue }
            for index in attempts.indices.reversed() where attempts[index].revents != 0 {
                var error: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(attempts[index].fd, SOL_SOCKET, SO_ERROR, &error, &size)
                if error == 0 || error == ECONNREFUSED { return true }
                close(attempts.remove(at: index).fd)
            }
        }
    }
}
