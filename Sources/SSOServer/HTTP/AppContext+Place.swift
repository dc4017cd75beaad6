import Foundation
import Identity
import NIOCore

extension AppContext {
    /// Where the request comes from: the other end of its connection. What headers say of it, such as
    /// `X-Forwarded-For`, anyone can write, so only a trusted proxy is believed.
    var place: Place { client.map { Place(address: $0.address.bytes) } ?? Place(channel.remoteAddress) }
}

extension Place {
    /// The place of a connection's other end; nil is unknown, as where the connection has ended.
    init(_ address: SocketAddress?) {
        let text = address?.ipAddress ?? ""
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(address: bytes.prefix(4))
        } else {
            self.init(address: inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : [])
        }
    }
}
