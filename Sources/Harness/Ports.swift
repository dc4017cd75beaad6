import Foundation
import Synchronization

/// Ports of 127.0.0.1.
public enum Ports {
    private static let given = Mutex<Set<Int>>([])

    /// A port that nobody listens on, and that this function has not given before.
    ///
    /// It lies from 20000 to 31999, below the ports that Linux gives to outgoing connections. Otherwise, while a
    /// server is being restarted, some client's connection could sit on its port.
    ///
    /// - Throws: ``HarnessError/misuse(_:)`` if no port is free.
    public static func free() throws(HarnessError) -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: 20000..<32000)
            guard isFree(port), given.withLock({ $0.insert(port).inserted }) else { continue }
            return port
        }
        throw .misuse("no free port from 20000 to 31999 on 127.0.0.1")
    }

    /// Whether a server could listen on this port of 127.0.0.1 now.
    public static func isFree(_ port: Int) -> Bool {
        guard let number = in_port_t(exactly: port) else { return false }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As servers do, so that connections that are only winding down don't count.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
