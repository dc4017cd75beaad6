import Foundation
import Testing

@testable import SSOServer

@Suite("The thread that writes the log")
struct LogWriterTests {
    /// A pipe that is read only when somebody asks.
    private final class Reader: Sendable {
        let input: Int32
        private let output: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            (output, input) = (ends[0], ends[1])
            _ = fcntl(output, F_SETFL, O_NONBLOCK)
        }

        deinit {
            // The writer's end stays open: its thread lives as long as the program.
            close(output)
        }

        /// What stands in it now, taken out.
        func read() -> String {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(output, &buffer, buffer.count)
                guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                bytes += buffer[..<count]
            }
        }
    }

    @Test("All lines are written in their order, and flushing waits for that")
    func flush() throws {
        let reader = try Reader()
        let log = LogWriter(to: reader.input) { "\($0) lost" }
        for round in 0..<50 {
            for line in 0..<20 { log.write("\(round) \(line)") }
            log.flush(for: .seconds(60))
            #expect(reader.read() == (0..<20).map { "\(round) \($0)\n" }.joined())
        }
    }

    @Test("Who logs does not wait for who reads, flushing gives up, and what was lost is said")
    func unread() throws {
        let reader = try Reader()
        let log = LogWriter(to: reader.input, capacity: 10_000) { "\($0) lost" }
        let line = String(repeating: "a", count: 999)
        // What fits into the pipe, 64 KiB, goes on its way; of the rest, ten lines wait.
        for _ in 0..<500 { log.write(line) }
        log.flush(for: .milliseconds(10))
        for _ in 0..<500 { log.write(line) }

        var text = ""
        let start = ContinuousClock.now
        // Until it says what was lost, and then nothing more comes.
        while ContinuousClock.now - start < .seconds(30) {
            log.flush(for: .milliseconds(10))
            let more = reader.read()
            text += more
            if more.isEmpty, text.contains(" lost\n") { break }
        }
        log.flush(for: .seconds(60))
        text += reader.read()
        log.write("and on")
        log.flush(for: .seconds(60))
        text += reader.read()

        let lines = text.split(separator: "\n")
        #expect(lines.last == "and on")
        let lost = lines.compactMap { $0.hasSuffix(" lost") ? Int($0.dropLast(5)) : nil }.reduce(0, +)
        #expect(lost > 0)
        #expect(lost + lines.count { $0 == line } == 1000)
    }

    @Test("A log that cannot be written at all stops nothing")
    func closed() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        signal(SIGPIPE, SIG_IGN)
        let log = LogWriter(to: ends[1]) { "\($0) lost" }
        for _ in 0..<100 { log.write("a line") }
        log.flush(for: .seconds(60))
        log.write("another")
        log.flush(for: .seconds(60))
    }
}
