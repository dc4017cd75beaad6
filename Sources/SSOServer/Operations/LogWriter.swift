import Dispatch
import Foundation
import Metrics
import Synchronization

/// Writes log lines in a thread of its own, so that who logs never waits: a log that nobody reads, or a slow disk, would
/// otherwise hold up the event loop that has something to say, and with it everybody whom that loop serves.
///
/// What waits to be written is bounded. Lines beyond that are dropped and counted
/// (`sso_log_lines_dropped_total`), and when lines flow again, one says how many are missing.
final class LogWriter: Sendable {
    /// How many bytes may wait to be written: a few thousand lines.
    static let capacity = 1 << 20

    fileprivate struct Queue {
        var bytes: [UInt8] = []
        /// Lines dropped since the last notice.
        var lost = 0
        /// Who waits until all before them is written.
        var waiting: [DispatchSemaphore] = []
        /// Whether the writer has been told that there is something.
        var isAnnounced = false
    }

    private let queue = Mutex(Queue())
    private let work = DispatchSemaphore(value: 0)
    private let descriptor: Int32
    private let capacity: Int
    private let notice: @Sendable (_ lost: Int) -> String
    private let dropped = Counter(label: "sso_log_lines_dropped_total")

    /// Starts the thread, which lives as long as the program.
    ///
    /// - Parameters:
    ///   - descriptor: what is written to.
    ///   - capacity: how many bytes may wait.
    ///   - notice: the line that says how many lines are missing, without its end.
    init(
        to descriptor: Int32, capacity: Int = LogWriter.capacity, notice: @escaping @Sendable (_ lost: Int) -> String
    ) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.notice = notice
        let thread = Thread { [self] in run() }
        thread.name = "log"
        thread.start()
    }

    /// Hands over one line, without its end. It never waits.
    func write(_ line: String) {
        let isNews = queue.withLock { queue in
            guard queue.bytes.count + line.utf8.count < capacity else {
                queue.lost += 1
                dropped.increment()
                return false
            }
            queue.bytes.append(contentsOf: line.utf8)
            queue.bytes.append(UInt8(ascii: "\n"))
            return queue.announce()
        }
        if isNews { work.signal() }
    }

    /// Waits until all lines so far are written, for a while: at the end, one that nobody reads is not waited for.
    ///
    /// It blocks the calling thread.
    func flush(for limit: DispatchTimeInterval = .seconds(1)) {
        let done = DispatchSemaphore(value: 0)
        let isNews = queue.withLock { queue in
            queue.waiting.append(done)
            return queue.announce()
        }
        if isNews { work.signal() }
        _ = done.wait(timeout: .now() + limit)
    }

    private func run() {
        while true {
            work.wait()
            let taken = queue.withLock { queue in
                defer { queue = Queue() }
                return queue
            }
            put(taken.bytes)
            // The lines that were lost came after those that had room.
            if taken.lost > 0 { put(Array("\(notice(taken.lost))\n".utf8)) }
            for done in taken.waiting { done.signal() }
        }
    }

    /// A log that nobody takes any more, or a full disk, must not stop the server.
    private func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count < 0, errno == EAGAIN {
                    // Somebody else who has the same pipe may have made it non-blocking.
                    var descriptors = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&descriptors, 1, -1)
                } else if count < 0, errno != EINTR {
                    return
                }
            }
        }
    }
}

extension LogWriter.Queue {
    /// Whether the writer is still to be told that there is something.
    fileprivate mutating func announce() -> Bool {
        defer { isAnnounced = true }
        return !isAnnounced
    }
}
