import Foundation
import Testing

@testable import PostgresStore

@Suite("Knocking at a host until somebody answers")
struct KnockTests {
    /// A socket that listens, and a queue that is full: further attempts get no answer, as from a host that is cut off.
    private struct Silent {
        let descriptor: Int32
        let port: Int
        private let waiting: [Int32]

        init() throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let listener = descriptor
            let port = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(listener, address, size)
                    listen(listener, 0)
                    getsockname(listener, address, &size)
                }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
            self.port = port
            // One is waiting for accept; whoever comes next gets no answer.
            waiting = (0..<4).map { _ in
                let one = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                _ = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(one, $0, size) }
                }
                return one
            }
        }

        /// Lets all in who wait.
        func open() {
            for one in waiting { close(one) }
            let flags = fcntl(descriptor, F_GETFL)
            _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
            while case let one = accept(descriptor, nil, nil), one >= 0 { close(one) }
        }
    }

    @Test("Nobody answers as long as the host is silent; when it is not, it is known at once")
    func silence() throws {
        let host = try Silent()
        let knock = Knock(doors: [("127.0.0.1", "\(host.port)")])
        #expect(!knock.isAnswered(within: .milliseconds(600)))
        host.open()
        let start = ContinuousClock.now
        #expect(knock.isAnswered(within: .seconds(10)))
        // The kernel alone would have tried again after one second and after three.
        #expect(ContinuousClock.now - start < .seconds(5))
        close(host.descriptor)
        // A refusal is an answer: the way is open.
        #expect(knock.isAnswered(within: .seconds(10)))
    }

    @Test("Of several hosts, one that answers is enough; a name that nobody knows is none")
    func several() throws {
        let host = try Silent()
        defer { close(host.descriptor) }
        let silent = ("127.0.0.1", "\(host.port)")
        let listening = try Silent()
        listening.open()
        defer { close(listening.descriptor) }
        #expect(Knock(doors: [silent, ("127.0.0.1", "\(listening.port)")]).isAnswered(within: .seconds(10)))
        #expect(!Knock(doors: [silent, ("nobody.invalid", "5432")]).isAnswered(within: .milliseconds(300)))
    }
}
